import { ErrorCode, LogLevel, WebClient, type WebClientOptions } from '@slack/web-api';
import type { Person } from './person.ts';
import type { Front } from './server.ts';

/** Slack's own client for a person's token, unchanged but for the address. */
export function slackClient(server: Front, token: string, more: WebClientOptions = {}): WebClient {
  return new WebClient(token, {
    slackApiUrl: `${server.url}/api/`,
    retryConfig: { retries: 0 },
    logLevel: LogLevel.ERROR,
    logger: quiet,
    ...more,
  });
}

export function clientOf(person: Person): WebClient {
  return slackClient(person.server, person.token);
}

/** What Slack's client throws for `ok: false`: the error's name. Anything else is thrown on. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const { code, data } = error as { code?: string; data?: { error: string } };
    if (code === ErrorCode.PlatformError && data) return data.error;
    throw error;
  }
  return 'ok';
}

/** Their clients log refusals, which the tests ask for. */
const nothing = (): void => undefined;
export const quiet = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  getLevel: () => LogLevel.ERROR,
  setName: nothing,
};
