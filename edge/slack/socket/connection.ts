import type { Socket } from '../../transport/port.ts';
import type { Line } from './outbox.ts';

/** Why a socket is asked to go: to come back with a new address, or because its app may not be here. */
export type DisconnectReason = 'refresh_requested' | 'link_disabled' | 'too_many_websockets';

/** One socket in Socket Mode. */
export class SlackConnection implements Line {
  inFlight = 0;
  lastSeen: number;
  /** Seconds since 1970; undefined until its ticket was taken. */
  expires: number | undefined;
  /** Key of the app whose it is. */
  app: string | undefined;
  /** Frames of this second that acknowledged nothing. */
  strays = 0;
  private ending = false;

  constructor(
    readonly socket: Socket,
    now: number,
  ) {
    this.lastSeen = now;
  }

  get open(): boolean {
    return !this.ending;
  }

  send(frame: string): void {
    if (!this.ending) this.socket.send(frame);
  }

  hello(appId: string, connections: number): void {
    const hello = { type: 'hello', num_connections: connections, connection_info: { app_id: appId } };
    this.send(JSON.stringify({ ...hello, debug_info: { host: 'millrace' } }));
  }

  /** Says why, closes, and cuts after two seconds where the client doesn't answer. */
  disconnect(reason: DisconnectReason, code: number): void {
    if (this.ending) return;
    // First: a socket that is too slow says so again when it is told that it has to go.
    this.ending = true;
    this.socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'millrace' } }));
    this.socket.end(code, reason);
    setTimeout(() => this.socket.terminate(), 2000).unref();
  }

  /** The client went away. */
  closed(): void {
    this.ending = true;
  }
}
