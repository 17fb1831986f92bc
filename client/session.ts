import { type BackoffOptions, DEFAULT_BACKOFF, fullJitter } from './backoff.ts';
import { type Clock, systemClock } from './clock.ts';
import { Connection } from './connection.ts';
import { Emitter } from './emitter.ts';
import type { AnswerFields, HelloFrame, RequestFields, RequestType, ServerFrame } from './frames.ts';
import { MillraceError } from './millrace-error.ts';
import { Resumer } from './resumer.ts';
import { RevGate } from './rev-gate.ts';
import type { SessionEvents, SessionState } from './session-events.ts';
import type { Closed, SocketConstructor } from './socket-like.ts';
import { currentToken, type TokenSource } from './token-source.ts';
import type { Head } from './wire.ts';

export interface SessionOptions {
  /** Of the socket, as `wss://chat.example.com/v1/socket`. */
  readonly url: string;
  readonly token: TokenSource;
  /** Default: the global one, which Node has from version 22 on. */
  readonly WebSocket?: SocketConstructor;
  /** Deadline of the handshake and of each request, ms. Default 10,000. */
  readonly timeoutMs?: number;
  readonly backoff?: BackoffOptions;
  /** Revs that the app holds from an earlier run: their events are fetched, or reported as `reset`. */
  readonly revs?: Readonly<Record<string, number>>;
  /**
   * A channel that is more revs behind than this when a connection begins is reported as `reset` instead of being
   * caught up, for an app that shows recent messages only. Default: none is.
   */
  readonly maxBehind?: number;
  readonly clock?: Clock;
}

/** A connection that lasted this long, in ms, was a good one: the next failure is a first one again. */
const STABLE_MS = 5_000;

/**
 * Keeps one socket open, over as many connections as it takes, and gives the app each event of its channels once and
 * in order. Listen with `events.on`, before `start`.
 */
export class MillraceSession {
  readonly events = new Emitter<SessionEvents>();
  readonly #options: SessionOptions;
  readonly #clock: Clock;
  readonly #gate = new RevGate();
  #state: SessionState = { status: 'stopped', reason: 'not_started', detail: 'not started' };
  #connection: Connection | undefined;
  #resumer: Resumer | undefined;
  #cancelTimer: () => void = () => undefined;
  #attempt = 0;
  #helloAt = 0;
  #returnAt = 0;
  #watched: readonly string[] = [];
  #cancelWatch: () => void = () => undefined;
  #sawHello = false;
  /** Counts the tries, so that a token that came too late starts nothing. */
  #run = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.hold(options.revs ?? {});
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The last rev of each channel that the app was given, for `SessionOptions.revs` of a later run. */
  revs(): Record<string, number> {
    return this.#gate.revs();
  }

  /**
   * Says which revs the app holds, read by REST for example: events after them are fetched with the next connection,
   * so that none falls between that reading and `hello`. Ignored for channels that are held already.
   */
  hold(revs: Readonly<Record<string, number>>): void {
    for (const [id, rev] of Object.entries(revs)) if (!this.#gate.has(id)) this.#gate.hold(id, rev);
  }

  /** Connects, also after a stop (with a new token, say). Does nothing while it runs. */
  start(): void {
    if (this.#state.status !== 'stopped') return;
    this.#attempt = 0;
    void this.#connect();
  }

  /** Closes the socket cleanly and stays away until `start`. */
  stop(): void {
    this.#run++;
    const connection = this.#connection;
    this.#leave();
    connection?.close('the client leaves');
    this.#setState({ status: 'stopped', reason: 'closed', detail: 'closed by the app' });
  }

  /** Cuts a wait short: when the network came back, or the user asks. */
  reconnectNow(): void {
    if (this.#state.status !== 'waiting') return;
    this.#cancelTimer();
    void this.#connect();
  }

  /**
   * Sends a request over the socket. Rejects with `MillraceError`; with `disconnected` at once when it is not open.
   * `onAnswer` gets the answer before any later frame is taken.
   */
  request<Type extends RequestType>(
    type: Type,
    fields: RequestFields[Type],
    onAnswer?: (answer: AnswerFields[Type]) => void,
  ): Promise<AnswerFields[Type]> {
    if (!this.#connection || this.#returnAt > 0) {
      return Promise.reject(new MillraceError({ code: 'disconnected', detail: 'the socket is not open' }));
    }
    return this.#connection.request(type, fields, onAnswer);
  }

  /** Says that the user is typing; lost when not connected. */
  typing(channelId: string): void {
    this.#connection?.notify({ type: 'typing', channel_id: channelId });
  }

  /** Watches the presence of these people (at most 500) and no others, also after reconnects. */
  async watchPresence(userIds: readonly string[]): Promise<void> {
    if (userIds.length > 500) throw new RangeError('at most 500 people can be watched');
    this.#watched = [...userIds];
    if (this.#state.status === 'connected') await this.#watch();
  }

  async #connect(): Promise<void> {
    this.#setState({ status: 'connecting', attempt: this.#attempt });
    const run = ++this.#run;
    const { token, url, timeoutMs = 10_000 } = this.#options;
    try {
      const bearer = await currentToken(token, timeoutMs, this.#clock);
      if (run !== this.#run) return;
      const WebSocket = this.#options.WebSocket ?? (globalThis.WebSocket as SocketConstructor | undefined);
      if (!WebSocket) throw new TypeError('this runtime has no WebSocket: give one by the option');
      const connection: Connection = new Connection({
        url,
        token: bearer,
        WebSocket,
        clock: this.#clock,
        timeoutMs,
        onHello: (hello) => this.#greet(connection, hello),
        onFrame: (frame) => this.#take(frame),
        onClosed: (closed) => this.#lost(connection, closed),
      });
      this.#connection = connection;
    } catch (error) {
      if (run !== this.#run) return;
      this.#wait({ code: 0, reason: error instanceof Error ? error.message : String(error) });
    }
  }

  #greet(connection: Connection, hello: HelloFrame): void {
    this.#helloAt = this.#clock.now();
    const held = new Map(Object.entries(this.#gate.revs()));
    const leftBehind: { channel_id: string; head: Head }[] = [];
    for (const { channel_id, head } of hello.channels) {
      const rev = held.get(channel_id);
      if (rev !== undefined && head.rev - rev <= (this.#options.maxBehind ?? Infinity)) continue;
      const tracked = this.#gate.hold(channel_id, head.rev);
      if (rev !== undefined) {
        held.delete(channel_id);
        leftBehind.push({ channel_id, head });
      } else if (this.#sawHello) this.events.emit(tracked ? 'added' : 'reset', { channel_id, head });
    }
    this.#sawHello = true;
    this.#resumer = new Resumer({
      gate: this.#gate,
      clock: this.#clock,
      backoff: this.#options.backoff ?? DEFAULT_BACKOFF,
      request: (channels) => connection.request('resume', { channels }),
      onReset: (channel_id, head) => this.events.emit('reset', { channel_id, head }),
      onGone: (channel_id) => this.events.emit('removed', { channel_id }),
      onHopeless: () => connection.close('resuming failed'),
    });
    // Before the app hears of the connection, so that its own requests come after.
    this.#resumer.resume(held.keys());
    if (this.#watched.length > 0) void this.#watch();
    const { connection_id: connectionId, user_id: userId, workspace_id: workspaceId } = hello;
    this.#setState({ status: 'connected', connectionId, userId, workspaceId });
    this.events.emit('hello', hello);
    for (const channel of leftBehind) this.events.emit('reset', channel);
  }

  #take(frame: ServerFrame): void {
    switch (frame.type) {
      case 'event': {
        const verdict = this.#gate.accept(frame.channel_id, frame.rev);
        if (verdict === 'deliver') this.events.emit('event', frame);
        if (verdict === 'gap') this.#resumer?.resume([frame.channel_id]);
        return;
      }
      case 'channel.added': {
        const known = this.#gate.has(frame.channel_id);
        this.#gate.hold(frame.channel_id, frame.head.rev);
        // Held already: its leaving was missed, and with it some of the story.
        this.events.emit(known ? 'reset' : 'added', { channel_id: frame.channel_id, head: frame.head });
        return;
      }
      case 'channel.removed':
        this.#gate.forget(frame.channel_id);
        this.events.emit('removed', { channel_id: frame.channel_id });
        return;
      case 'read':
        this.events.emit('read', frame);
        return;
      case 'thread.read':
        this.events.emit('threadRead', frame);
        return;
      case 'presence':
        this.events.emit('presence', frame);
        return;
      case 'typing':
        this.events.emit('typing', frame);
        return;
      case 'error':
        this.events.emit('problem', new MillraceError({ code: frame.code, detail: frame.detail }));
        return;
      case 'reconnect':
        this.#drain(frame.after_ms);
        return;
    }
  }

  /** The server goes: take no new requests, let those under way finish, and come back when told. */
  #drain(afterMs: number): void {
    const connection = this.#connection;
    if (!connection) return;
    const wait = Math.min(Math.max(afterMs, 0), 600_000);
    this.#returnAt = this.#clock.now() + wait;
    const look = () => {
      if (connection.pendingRequests === 0 || this.#clock.now() >= this.#returnAt) connection.close('reconnecting');
      else this.#cancelTimer = this.#clock.after(50, look);
    };
    look();
  }

  #lost(connection: Connection, closed: Closed): void {
    if (connection !== this.#connection) return;
    const returnAt = this.#returnAt;
    const lived = this.#helloAt > 0 ? this.#clock.now() - this.#helloAt : 0;
    // A token that was good until now has run out, and whoever gave it may give the next; one refused at once is no good.
    const expired = closed.code === 4401 && this.#helloAt > 0 && typeof this.#options.token === 'function';
    this.#leave();
    if ((closed.code === 4401 && !expired) || closed.code === 4403) {
      const reason = closed.code === 4401 ? 'unauthenticated' : 'forbidden';
      this.#setState({ status: 'stopped', reason, detail: closed.reason || reason });
      return;
    }
    if (lived >= STABLE_MS) this.#attempt = 0;
    this.#wait(closed, returnAt > 0 ? Math.max(0, returnAt - this.#clock.now()) : undefined);
  }

  #leave(): void {
    this.#cancelTimer();
    this.#cancelWatch();
    this.#resumer?.close();
    this.#resumer = undefined;
    this.#connection = undefined;
    this.#helloAt = 0;
    this.#returnAt = 0;
    this.#gate.disconnected();
  }

  #wait(closed: Closed, told?: number): void {
    // Told to slow down: start where a few failures would have led.
    if (closed.code === 4429) this.#attempt = Math.max(this.#attempt, 3);
    const wait = told ?? fullJitter(this.#attempt, this.#options.backoff ?? DEFAULT_BACKOFF, this.#clock);
    this.#attempt++;
    const detail = closed.reason || `closed with ${closed.code}`;
    this.#cancelTimer = this.#clock.after(wait, () => void this.#connect());
    this.#setState({ status: 'waiting', retryAt: this.#clock.now() + wait, attempt: this.#attempt, detail });
  }

  async #watch(attempt = 0): Promise<void> {
    this.#cancelWatch();
    const watched = this.#watched;
    const connection = this.#connection;
    try {
      // At once, for a change that follows the answer must not be overwritten by it.
      await this.request('presence.watch', { user_ids: watched }, ({ presence }) => {
        for (const { user_id, status } of presence) {
          this.events.emit('presence', { type: 'presence', user_id, status });
        }
      });
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      this.events.emit('problem', error);
      // Others are watched by now, or the next hello says it again.
      if (!error.retryable || watched !== this.#watched || connection !== this.#connection || this.#returnAt > 0)
        return;
      const wait = fullJitter(attempt, this.#options.backoff ?? DEFAULT_BACKOFF, this.#clock);
      this.#cancelWatch = this.#clock.after(wait, () => void this.#watch(attempt + 1));
    }
  }

  #setState(state: SessionState): void {
    this.#state = state;
    this.events.emit('state', state);
  }
}
