import apn from 'apn';
import { inTime } from '../deadline.ts';
import { messageOf } from '../errors/error.ts';
import type { Push, PushResult, PushSender } from './port.ts';

export interface ApnsOptions {
  /** The .p8 file's text. */
  key: string;
  keyId: string;
  teamId: string;
  /** The app's bundle id. */
  topic: string;
  /** api.push.apple.com, or api.sandbox.push.apple.com for apps under development. */
  host: string;
  proxy: { host: string; port: number } | undefined;
}

const deadline_ms = 25_000;
const request_ms = 10_000;
/** Apple keeps a push for a phone that is off. */
const kept_s = 24 * 3600;

/** Reasons by which a token is no device any more, or none of this app: developer.apple.com, "Handling notification responses". */
const gone = new Set(['BadDeviceToken', 'Unregistered', 'ExpiredToken', 'DeviceTokenNotForTopic']);
/** Of 403: our own key or topic is wrong, which an operator mends; pushes wait for it. */
const ours = 403;

/** Apple's push service by the package apn (its kept fork), over HTTP/2 with one long-lived connection. */
export function openApns({ key, keyId, teamId, topic, host, proxy }: ApnsOptions): PushSender {
  const provider = new apn.Provider({
    token: { key, keyId, teamId },
    production: true,
    address: host,
    requestTimeout: request_ms,
    connectionRetryLimit: 1,
    ...(proxy && { proxy }),
  });
  return {
    send: (pushes) =>
      Promise.all(
        pushes.map(async (push): Promise<PushResult> => {
          try {
            const { failed } = await inTime(
              provider.send(notificationFor(push, topic), push.target.token),
              deadline_ms,
            );
            return failed.length === 0 ? { status: 'sent' } : resultOf(failed[0]!);
          } catch (error) {
            return resultOf({ error });
          }
        }),
      ),
    close: () => provider.shutdown(),
  };
}

function notificationFor({ push_id, channel_id, shown, badge }: Push, topic: string): apn.Notification {
  const note = new apn.Notification();
  note.topic = topic;
  note.badge = badge;
  note.threadId = channel_id;
  note.expiry = Math.floor(Date.now() / 1000) + kept_s;
  // A push that comes twice replaces itself.
  note.collapseId = push_id;
  if (!shown) {
    note.pushType = 'background';
    note.priority = 5;
    note.contentAvailable = true;
    note.payload = { kind: 'clear', channel_id };
    return note;
  }
  const { title, body, message_id, thread_id } = shown;
  note.pushType = 'alert';
  note.priority = 10;
  note.alert = { title, body };
  note.sound = 'default';
  note.payload = { kind: 'show', push_id, channel_id, message_id, ...(thread_id && { thread_id }) };
  return note;
}

function resultOf({
  error,
  status,
  response,
}: {
  error?: unknown;
  status?: number;
  response?: { reason: string };
}): PushResult {
  const reason = response?.reason ?? '';
  if (status === 410 || gone.has(reason)) return { status: 'gone' };
  if (error !== undefined || status === undefined || status === 429 || status >= 500)
    return { status: 'later', retry_after: 10 };
  if (status === ours) return { status: 'later', retry_after: 30 };
  return { status: 'refused', reason: reason || messageOf(error) };
}
