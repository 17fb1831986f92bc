import type { HttpOptions } from './http.ts';
import { type Draft, Outbox } from './outbox.ts';
import { MillraceRest } from './rest.ts';
import { MillraceSession, type SessionOptions } from './session.ts';

export interface ClientOptions extends HttpOptions, Omit<SessionOptions, 'url' | 'timeoutMs' | 'backoff' | 'clock'> {
  /** Drafts of an earlier run, to be sent now. */
  readonly drafts?: readonly Draft[];
}

/** REST, socket and outbox under one server and token, wired together. */
export interface MillraceClient {
  readonly rest: MillraceRest;
  readonly session: MillraceSession;
  /** Sends over the socket, while it is connected. */
  readonly outbox: Outbox;
  /** Stops the session and the outbox. */
  close(): void;
}

/** Makes a client; call `client.session.start()` once listeners are in place. */
export function createClient(options: ClientOptions): MillraceClient {
  const rest = new MillraceRest(options);
  const session = new MillraceSession({ ...options, url: socketUrl(options.url) });
  const outbox = new Outbox({
    ...(options.clock ? { clock: options.clock } : {}),
    ...(options.backoff ? { backoff: options.backoff } : {}),
    ...(options.drafts ? { drafts: options.drafts } : {}),
    send: async ({ channel_id, text, client_msg_id, thread_id }) => {
      const thread = thread_id === null ? {} : { thread_id };
      return (await session.request('send', { channel_id, text, client_msg_id, ...thread })).message;
    },
  });
  session.events.on('state', (state) => outbox.setOnline(state.status === 'connected'));
  session.events.on('event', ({ event }) => {
    if (event.kind === 'message.created') outbox.confirm(event.message);
  });
  return {
    rest,
    session,
    outbox,
    close() {
      outbox.close();
      session.stop();
    },
  };
}

/** The socket's URL of a server's: `https://a.example` gives `wss://a.example/v1/socket`. */
export function socketUrl(url: string): string {
  return `${url.replace(/^http/, 'ws').replace(/\/+$/, '')}/v1/socket`;
}
