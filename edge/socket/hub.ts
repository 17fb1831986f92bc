import { messageOf } from '../../platform/errors/error.ts';
import { personKey } from '../../platform/keys.ts';
import type { PersonEvent } from '../../schemas/generated/types.ts';
import { restDevice } from '../calls/presence.ts';
import { limits } from '../limits.ts';
import type { Handshake, Socket } from '../transport/port.ts';
import { Connection, type ConnectionPorts } from './connection.ts';
import type { Session } from './session.ts';

/** How long a broken connection may take to come back before its person shows as gone. */
const brokenGrace_ms = 10_000;

const tick_ms = limits.heartbeat_ms / 10;

/** Those who find no place come back one second to so much more later. */
const fullSpread_ms = 9000;

export interface HubBounds {
  /** What all sockets together have not taken yet; past it the slowest are closed. */
  unsent_bytes: number;
  /** Past it nobody else is let in. */
  sockets: number;
}

/** Every socket of this gateway: who is on which, heartbeats, and the bound on what all of them have not taken yet. */
export class Hub {
  private readonly connections = new Map<Socket, Connection>();
  /** Few each, mostly one. */
  private readonly people = new Map<string, readonly Session[]>();
  private readonly opened = (session: Session): void => this.add(session);
  private beat: NodeJS.Timeout | undefined;
  private tickedAt: number;
  /** Silence before this counts for nothing. */
  private excused = 0;
  readonly closedTooSlow = { count: 0 };
  /** Since the start, because there were too many. */
  readonly refused = { count: 0 };

  constructor(
    private readonly ports: ConnectionPorts,
    private readonly bounds: HubBounds,
    private readonly clock: () => number = Date.now,
  ) {
    this.tickedAt = clock();
  }

  get count(): number {
    return this.connections.size;
  }

  start(): void {
    this.beat = setInterval(() => this.tick(), tick_ms);
    this.beat.unref();
  }

  open(socket: Socket, handshake: Handshake): void {
    if (this.connections.size >= this.bounds.sockets) return this.refuse(socket);
    const connection = new Connection(socket, this.ports, this.opened, this.clock);
    this.connections.set(socket, connection);
    void connection.open(handshake);
  }

  /** Whoever it is: to look at a token costs more than to send its bearer away. */
  private refuse(socket: Socket): void {
    this.refused.count++;
    socket.send(JSON.stringify({ type: 'reconnect', after_ms: Math.floor(Math.random() * fullSpread_ms) + 1000 }));
    socket.end(1012, 'full');
    setTimeout(() => socket.terminate(), 2000).unref();
  }

  message(socket: Socket, data: Buffer, binary: boolean): void {
    this.connections.get(socket)?.take(data, binary);
  }

  alive(socket: Socket): void {
    this.connections.get(socket)?.alive();
  }

  /** A frame was dropped: whatever would follow has a gap, so the socket ends and its client resumes. */
  overflowed(socket: Socket): void {
    this.closedTooSlow.count++;
    this.connections.get(socket)?.end(4408, 'too slow: resume');
  }

  /** `code` 1006: the connection broke, and may come back before its grace ends. */
  closed(socket: Socket, code: number): void {
    const connection = this.connections.get(socket);
    if (!connection) return;
    this.connections.delete(socket);
    connection.closed();
    if (connection.session) this.remove(connection.session, code === 1006 ? brokenGrace_ms : 0);
  }

  /** Every session of the event's person hears it. */
  person(event: PersonEvent): void {
    for (const session of this.people.get(personKey(event.workspace_id, event.user_id)) ?? []) session.person(event);
  }

  /** Asks clients to come back elsewhere, spread out, and closes their sockets. */
  drain(spread_ms: number): void {
    clearInterval(this.beat);
    this.closeAll(spread_ms);
  }

  /** The same, while this gateway stays: they may come back here. */
  closeAll(spread_ms: number): void {
    for (const connection of this.connections.values()) {
      connection.session?.send({ type: 'reconnect', after_ms: Math.floor(Math.random() * spread_ms) });
      connection.end(1012, 'draining');
    }
  }

  /** Ten times a heartbeat: silence is noticed within a tenth of one, and each socket beats when its own time has come. */
  private tick(): void {
    const now = this.clock();
    // This process stood still, and what clients sent meanwhile is still to be read: they have one heartbeat more.
    if (now - this.tickedAt > limits.heartbeat_ms / 2) this.excused = now - limits.heartbeat_ms;
    this.tickedAt = now;
    let unsent = 0;
    for (const connection of this.connections.values()) {
      unsent += connection.socket.unsent();
      connection.expire(now / 1000);
      const silent_ms = now - Math.max(connection.lastSeen, this.excused);
      if (silent_ms >= 2 * limits.heartbeat_ms) connection.socket.terminate();
      else if (connection.beats(now)) {
        connection.socket.ping();
        // What answered the last ping was seen just after it, a heartbeat ago and as much as this tick is late.
        if (connection.session && silent_ms <= limits.heartbeat_ms + tick_ms) this.touch(connection.session);
      }
    }
    if (unsent > this.bounds.unsent_bytes) this.shed(unsent - this.bounds.unsent_bytes);
  }

  /** Closes the sockets with the most unsent bytes until `excess` is gone. */
  private shed(excess: number): void {
    const bySize = [...this.connections.values()].sort((a, b) => b.socket.unsent() - a.socket.unsent());
    for (const connection of bySize) {
      if (excess <= 0) return;
      excess -= connection.socket.unsent();
      this.overflowed(connection.socket);
    }
  }

  private touch(session: Session): void {
    this.noted(this.ports.context.presence.touch(session.identity, session.connection_id));
  }

  /** Presence that can't be kept shows as offline; sockets and messages go on. */
  private noted(work: Promise<void>): void {
    work.catch((error: unknown) => this.ports.context.logger.warn({ error: messageOf(error) }, 'presence not kept'));
  }

  private add(session: Session): void {
    const key = personKey(session.identity.workspace_id, session.identity.user_id);
    this.people.set(key, [...(this.people.get(key) ?? []), session]);
    const { presence } = this.ports.context;
    // A device of their own tells of them from here on: what REST set up in its place would hide that it is idle.
    const told = presence.touch(session.identity, session.connection_id);
    this.noted(told.then(() => presence.leave(session.identity, restDevice, 0)));
  }

  private remove(session: Session, grace_ms: number): void {
    const key = personKey(session.identity.workspace_id, session.identity.user_id);
    const others = this.people.get(key)?.filter((one) => one !== session);
    const { presence } = this.ports.context;
    this.noted(presence.leave(session.identity, session.connection_id, grace_ms));
    if (others?.length !== 0) return void (others && this.people.set(key, others));
    this.people.delete(key);
    this.noted(presence.leave(session.identity, restDevice, 0));
  }
}
