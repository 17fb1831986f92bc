import { randomUUID } from 'node:crypto';
import type { Agent } from 'node:https';
import { type Credential, deleteApp, initializeApp } from 'firebase-admin/app';
import { getMessaging, type Message } from 'firebase-admin/messaging';
import { JWT } from 'google-auth-library';
import { inTime } from '../deadline.ts';
import { MillraceError, messageOf } from '../errors/error.ts';
import type { Push, PushResult, PushSender } from './port.ts';

/** The package tries again by itself, with Google's Retry-After; what comes after this long comes too late. */
const deadline_ms = 25_000;
const later: PushResult = { status: 'later', retry_after: 10 };

/** Codes of the package by which a token is no device any more, or none of this app. */
const gone = new Set([
  'messaging/registration-token-not-registered',
  'messaging/invalid-registration-token',
  'messaging/mismatched-credential',
]);
/** Codes that are about the message itself; whatever else it says may pass. */
const refused = new Set([
  'messaging/invalid-argument',
  'messaging/invalid-payload',
  'messaging/payload-size-limit-exceeded',
  'messaging/invalid-recipient',
]);

/**
 * Firebase Cloud Messaging by the package firebase-admin, over HTTP/1.1, which takes an agent.
 * Error: `config_invalid` for credentials that are no service account's.
 */
export function openFcm(credentials: string, agent: Agent): PushSender {
  const account = accountOf(credentials);
  const app = initializeApp(
    { credential: tokens(account, agent), projectId: account.project_id, httpAgent: agent },
    randomUUID(),
  );
  const messaging = getMessaging(app);
  return {
    send: (pushes) =>
      Promise.all(
        pushes.map(async (push): Promise<PushResult> => {
          try {
            await inTime(messaging.send(messageFor(push)), deadline_ms);
            return { status: 'sent' };
          } catch (error) {
            return resultOf(error);
          }
        }),
      ),
    close: () => deleteApp(app),
  };
}

interface Account {
  project_id: string;
  client_email: string;
  private_key: string;
}

function accountOf(credentials: string): Account {
  let account: Partial<Account>;
  try {
    account = JSON.parse(credentials) as Partial<Account>;
  } catch {
    // The parser's error quotes what it read, which is a secret.
    throw new MillraceError('config_invalid', 'MILLRACE_FCM_CREDENTIALS: is no JSON');
  }
  for (const field of ['project_id', 'client_email', 'private_key'] as const)
    if (typeof account[field] !== 'string')
      throw new MillraceError(
        'config_invalid',
        `MILLRACE_FCM_CREDENTIALS: lacks ${field}: it is no service account's JSON`,
      );
  return account as Account;
}

/** Access tokens as firebase-admin's own `cert` gets them, which does not take the agent for this (13.10). */
function tokens({ client_email, private_key }: Account, agent: Agent): Credential {
  const scopes = ['https://www.googleapis.com/auth/firebase.messaging'];
  const client = new JWT({ email: client_email, key: private_key, scopes, transporterOptions: { agent } });
  return {
    async getAccessToken() {
      const { access_token, expiry_date } = await client.authorize();
      return { access_token: access_token!, expires_in: Math.floor((expiry_date! - Date.now()) / 1000) };
    },
  };
}

function messageFor({ push_id, target, channel_id, shown, badge }: Push): Message {
  if (!shown)
    return {
      token: target.token,
      data: { kind: 'clear', channel_id, badge: String(badge) },
      android: { priority: 'normal' },
    };
  const { title, body, message_id, thread_id } = shown;
  return {
    token: target.token,
    notification: { title, body },
    data: { kind: 'show', push_id, channel_id, message_id, ...(thread_id && { thread_id }), badge: String(badge) },
    // A push that comes twice replaces itself.
    android: { priority: 'high', notification: { tag: push_id, notificationCount: badge } },
  };
}

function resultOf(error: unknown): PushResult {
  const { code } = error as { code?: string };
  if (code && gone.has(code)) return { status: 'gone' };
  // The one argument that an outsider gives is the token.
  if (code === 'messaging/invalid-argument' && /registration token/i.test(messageOf(error))) return { status: 'gone' };
  if (code && refused.has(code)) return { status: 'refused', reason: code };
  return later;
}
