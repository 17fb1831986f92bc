import type { Admission } from '../admission.ts';
import { bearerOf } from '../auth/tokens.ts';
import { type CallContext, callerOf } from '../calls/context.ts';
import { limits } from '../limits.ts';
import { asMillraceError } from '../rest/problem.ts';
import type { Handshake, Socket } from '../transport/port.ts';
import { closeReason } from './close-reason.ts';
import { handleFrame } from './handle-frame.ts';
import { Session } from './session.ts';
import { frameSpan, parseFrame, type Taken, withId } from './taken-frame.ts';

/** Frames of one socket that wait for their turn; past it the socket is closed as one that floods. */
const queueBound = 10_000;
/** The same before hello, when nothing is counted yet. */
const earlyBound = 1000;
/** Calls of one socket under way at once. */
const concurrency = 256;

export interface ConnectionPorts {
  context: CallContext;
  admission: Admission;
  traceId(): string;
}

/**
 * One socket from open to close: token, hello, then frames. Calls to one channel are taken to the log in the order in
 * which they came, so each waits for the one before it of the same channel to be on its way.
 */
export class Connection {
  session: Session | undefined;
  lastSeen: number;
  /** When it beats next, in milliseconds since 1970: sockets that came at once are spread over a heartbeat. */
  private nextBeat: number;
  /** These three are made when the first frame needs them: most sockets only listen. */
  private queue: Taken[] | undefined;
  private lanes: Map<string, Promise<void>> | undefined;
  private refusals: number[] | undefined;
  private underWay = 0;
  private closing = false;
  /** Hello is out: it comes before any answer, and only then are the session's channels known. */
  private greeted = false;

  constructor(
    readonly socket: Socket,
    /** Shared by all connections, as the next two are. */
    private readonly ports: ConnectionPorts,
    private readonly opened: (session: Session) => void,
    private readonly clock: () => number,
  ) {
    this.lastSeen = clock();
    this.nextBeat = this.lastSeen + Math.random() * limits.heartbeat_ms;
  }

  async open({ authorization, protocols }: Handshake): Promise<void> {
    const { admission, context } = this.ports;
    try {
      const identity = await admission.identify(bearerOf(authorization, protocols));
      try {
        admission.count(identity);
      } catch {
        return this.end(4429, 'rate limited');
      }
      await admission.admit(identity);
      if (this.closing) return;
      const session = new Session(this.socket, identity, context, (error) => this.fail(error));
      this.session = session;
      this.opened(session);
      await session.greet();
      this.greeted = true;
      const early = this.queue ?? [];
      this.queue = undefined;
      for (const taken of early) this.count(taken);
    } catch (error) {
      this.fail(error);
    }
  }

  /** A frame as it came. */
  take(data: Buffer, binary: boolean): void {
    this.lastSeen = this.clock();
    if (this.closing) return;
    if (binary) return this.end(4400, 'binary frames are not taken');
    if (data.length > limits.frame_bytes) return this.end(1009, 'a frame is at most 64 KiB');
    const frame = parseFrame(data);
    if (!frame) return this.end(4400, 'a frame is one JSON object');
    this.queue ??= [];
    if (this.queue.length >= (this.greeted ? queueBound : earlyBound)) return this.end(4429, 'too many frames at once');
    const taken = { type: typeof frame['type'] === 'string' ? frame['type'] : '', frame };
    if (this.greeted) this.count(taken);
    else this.queue.push(taken);
  }

  /** Counted when it comes: by the time its turn comes the person's allowance may have filled again. */
  private count(taken: Taken): void {
    const session = this.session!;
    try {
      if (taken.type !== 'ping') this.ports.admission.count(session.identity);
      this.queue ??= [];
      this.queue.push(taken);
      this.work();
    } catch (error) {
      this.answerError(taken.frame, error, this.ports.traceId());
    }
  }

  alive(): void {
    this.lastSeen = this.clock();
  }

  /** Whether its time has come; one that is late by more than a heartbeat makes up for none. */
  beats(now: number): boolean {
    if (now < this.nextBeat) return false;
    this.nextBeat = Math.max(this.nextBeat, now - limits.heartbeat_ms) + limits.heartbeat_ms;
    return true;
  }

  /** Closes with a code, and hard after two seconds where the client doesn't answer. */
  end(code: number, reason: string): void {
    if (this.closing) return;
    this.closing = true;
    this.session?.close();
    this.socket.end(code, closeReason(reason));
    setTimeout(() => this.socket.terminate(), 2000).unref();
  }

  closed(): void {
    this.closing = true;
    this.session?.close();
    this.queue = undefined;
  }

  /** Closes the socket of an expired token. */
  expire(nowSeconds: number): void {
    if (this.session && this.session.identity.expires <= nowSeconds) this.end(4401, 'the token has expired');
  }

  private work(): void {
    while (this.underWay < concurrency) {
      const next = this.queue?.shift();
      if (!next) return;
      const { type, frame } = next;
      this.underWay++;
      void this.inLane(type, frame);
    }
  }

  /**
   * Calls to one channel keep their order: each begins once the one before it has its place on the log (or has failed).
   * Their answers come when they come.
   */
  private async inLane(type: string, frame: Taken['frame']): Promise<void> {
    const channel = frame['channel_id'];
    const lane = typeof channel === 'string' ? this.enter(channel) : undefined;
    try {
      if (lane?.before) await lane.before;
      const { session } = this;
      if (session && !this.closing) await this.run(type, frame, session, lane?.leave);
    } finally {
      lane?.leave();
      this.underWay--;
      this.work();
    }
  }

  /** The end of a channel's lane: what to wait for, and what to call for those behind. */
  private enter(channel: string): { before: Promise<void> | undefined; leave: () => void } {
    this.lanes ??= new Map();
    const { lanes } = this;
    const before = lanes.get(channel);
    let leave!: () => void;
    const placed = new Promise<void>((resolve) => {
      leave = () => {
        resolve();
        if (lanes.get(channel) === placed) lanes.delete(channel);
      };
    });
    lanes.set(channel, placed);
    return { before, leave };
  }

  private async run(type: string, frame: Taken['frame'], session: Session, placed?: () => void): Promise<void> {
    const trace_id = this.ports.traceId();
    const began = performance.now();
    let failed: string | undefined;
    const { context, admission } = this.ports;
    try {
      const answer = await handleFrame(type, frame, {
        session,
        context,
        admission,
        caller: callerOf(session.identity, trace_id, placed),
      });
      if (answer) session.send(withId(answer, frame));
    } catch (error) {
      failed = this.answerError(frame, error, trace_id);
    }
    if (context.tracing.samples(trace_id)) context.tracing.record(frameSpan(trace_id, type, began, failed));
  }

  /** Returns the error's code. */
  private answerError(frame: Taken['frame'], error: unknown, trace_id: string): string {
    const { code, detail } = asMillraceError(error, this.ports.context.logger, trace_id);
    this.session!.send(withId({ type: 'error', code, detail }, frame));
    if (code === 'rate_limited') this.refused();
    return code;
  }

  /** 200 refusals within ten seconds are a client that doesn't listen. */
  private refused(): void {
    const now = this.clock();
    this.refusals ??= [];
    this.refusals.push(now);
    if (this.refusals.length < limits.refusals) return;
    this.refusals = this.refusals.filter((at) => at > now - 10_000);
    if (this.refusals.length >= limits.refusals) this.end(4429, 'rate limited');
  }

  private fail(error: unknown): void {
    const known = asMillraceError(error, this.ports.context.logger, this.ports.traceId());
    const codes: { [code: string]: number } = { unauthenticated: 4401, forbidden: 4403, rate_limited: 4429 };
    this.end(codes[known.code] ?? 1012, known.detail);
  }
}
