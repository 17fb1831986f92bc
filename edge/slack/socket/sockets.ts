import { messageOf } from '../../../platform/errors/error.ts';
import { personKey } from '../../../platform/keys.ts';
import type { MessageEvent, PersonEvent } from '../../../schemas/generated/types.ts';
import type { Admission } from '../../admission.ts';
import type { Identity } from '../../auth/claims.ts';
import type { CallContext } from '../../calls/context.ts';
import { limits } from '../../limits.ts';
import { parseFrame } from '../../socket/taken-frame.ts';
import type { Handshake, Socket, SocketHandlers } from '../../transport/port.ts';
import { SlackError } from '../errors.ts';
import type { MessageTimes } from '../message-times.ts';
import type { SlackEventOutcome } from '../metrics.ts';
import { SlackApp } from './app.ts';
import { type DisconnectReason, SlackConnection } from './connection.ts';
import { happeningOf, happeningOfFrame } from './happening.ts';
import { Tickets } from './tickets.ts';

/** Slack's own bound on the sockets of one app. */
const mostSockets = 10;
/** Apps of this gateway. */
const mostApps = 10_000;
/** How long an app's events are kept while it has no socket: one that lost its own comes back within it. */
const linger_ms = 60_000;
const tick_ms = 1000;
/** Frames that a socket may send in a second for nothing: its app may answer late, or twice. */
const mostStrays = 200;
/** Characters of events that wait for all apps together. */
const budgetBound = 64 * 1024 * 1024;

export interface SlackSocketPorts {
  context: CallContext;
  admission: Admission;
  times: MessageTimes;
  /** Key of tickets. */
  ticketSecret: string;
  observe(outcome: SlackEventOutcome): void;
}

/** Sockets in Socket Mode: which app is on which, their events, and their ends. */
export class SlackSockets implements SocketHandlers {
  private readonly connections = new Map<Socket, SlackConnection>();
  private readonly apps = new Map<string, SlackApp>();
  /** When apps without a socket end, in milliseconds since 1970. */
  private readonly lingering = new Map<string, number>();
  /** Who hears a channel. Bounded by the apps and their channels. */
  private readonly topics = new Map<string, Set<SlackApp>>();
  private readonly tickets: Tickets;
  private readonly budget = { bytes: 0, most: budgetBound };
  private beat: NodeJS.Timeout | undefined;
  private ticks = 0;
  private draining = false;

  constructor(
    private readonly ports: SlackSocketPorts,
    private readonly clock: () => number = Date.now,
  ) {
    this.tickets = new Tickets(ports.ticketSecret, clock);
  }

  get count(): number {
    return this.connections.size;
  }

  start(): void {
    this.beat = setInterval(() => this.tick(), tick_ms);
    this.beat.unref();
  }

  /** What opens a socket for this person, once, within half a minute. Error: `too_many_websockets`. */
  ticket(identity: Identity): string {
    const app = this.apps.get(keyOf(identity));
    if (app && app.outbox.openLines >= mostSockets) {
      throw new SlackError('too_many_websockets', `an app has at most ${mostSockets} sockets`);
    }
    return this.tickets.issue(identity);
  }

  open(socket: Socket, { query }: Handshake): void {
    const connection = new SlackConnection(socket, this.clock());
    this.connections.set(socket, connection);
    this.enter(connection, query).catch((error: unknown) => {
      this.ports.context.logger.warn({ error: messageOf(error) }, 'a socket of an app can’t be opened');
      connection.disconnect('refresh_requested', 1012);
    });
  }

  message(socket: Socket, data: Buffer, binary: boolean): void {
    const connection = this.connections.get(socket);
    if (!connection) return;
    connection.lastSeen = this.clock();
    if (binary) return this.dismiss(connection, 'link_disabled', 4400);
    if (data.length > limits.frame_bytes) return this.dismiss(connection, 'link_disabled', 1009);
    const id = parseFrame(data)?.['envelope_id'];
    if (typeof id === 'string' && this.appOf(connection)?.outbox.acknowledge(id)) return;
    if (++connection.strays > mostStrays) this.dismiss(connection, 'link_disabled', 4429);
  }

  alive(socket: Socket): void {
    const connection = this.connections.get(socket);
    if (connection) connection.lastSeen = this.clock();
  }

  /** A frame was dropped: what is not acknowledged is sent again on the next socket. */
  overflowed(socket: Socket): void {
    const connection = this.connections.get(socket);
    if (connection) this.dismiss(connection, 'refresh_requested', 4408);
  }

  closed(socket: Socket): void {
    const connection = this.connections.get(socket);
    if (!connection) return;
    this.connections.delete(socket);
    connection.closed();
    this.leave(connection);
  }

  person(event: PersonEvent): void {
    this.apps.get(personKey(event.workspace_id, event.user_id))?.person(event);
  }

  /** A frame for all who hear a channel; `event`: what it was made of, where that has just come over the log. */
  publish(topic: string, frame: Buffer, event: MessageEvent | undefined): void {
    const apps = this.topics.get(topic);
    if (!apps) return;
    const happening = event ? happeningOf(event) : happeningOfFrame(frame.toString());
    if (happening) for (const app of [...apps]) app.take(happening);
  }

  /** Asks all to come back elsewhere. */
  drain(): void {
    this.draining = true;
    clearInterval(this.beat);
    this.closeAll();
  }

  /** The same, while this gateway stays: something was missed, so no app can go on from where it is. */
  closeAll(): void {
    for (const key of [...this.apps.keys()]) this.end(key, 'refresh_requested');
    for (const connection of this.connections.values()) connection.disconnect('refresh_requested', 1012);
  }

  private async enter(connection: SlackConnection, query: string): Promise<void> {
    if (this.draining) return connection.disconnect('refresh_requested', 1012);
    const ticket = new URLSearchParams(query).get('ticket') ?? '';
    const identity = this.tickets.redeem(ticket);
    if (!identity) return connection.disconnect('link_disabled', 4401);
    await this.ports.admission.admit(identity);
    const key = keyOf(identity);
    // What waits was made for the old role, and so would be what comes.
    if (this.apps.get(key)?.identity.role !== identity.role) this.end(key, 'refresh_requested');
    const app = this.apps.get(key) ?? this.newApp(identity, key);
    if (!app) return connection.disconnect('too_many_websockets', 1013);
    try {
      await app.ready;
    } catch (error) {
      if (this.apps.get(key) === app) this.end(key, 'refresh_requested');
      throw error;
    }
    // Meanwhile the client may be gone, or its app: then it has been told, or is here.
    if (!connection.open) return;
    if (this.apps.get(key) !== app) return connection.disconnect('refresh_requested', 1012);
    if (app.outbox.openLines >= mostSockets) return connection.disconnect('too_many_websockets', 1013);
    connection.app = key;
    connection.expires = identity.expires;
    this.lingering.delete(key);
    connection.hello(identity.user_id, app.outbox.openLines + 1);
    app.add(connection);
  }

  private newApp(identity: Identity, key: string): SlackApp | undefined {
    if (this.apps.size >= mostApps) return undefined;
    const { context, times, observe } = this.ports;
    const app: SlackApp = new SlackApp(identity, {
      context,
      times,
      budget: this.budget,
      observe,
      subscribe: (topic) => this.topics.set(topic, (this.topics.get(topic) ?? new Set()).add(app)),
      unsubscribe: (topic) => this.unsubscribe(topic, app),
      ended: (reason) => {
        if (this.apps.get(key) === app) this.end(key, reason);
      },
    });
    this.apps.set(key, app);
    // In case no socket ever comes through: its client may be gone already.
    this.lingering.set(key, this.clock() + linger_ms);
    return app;
  }

  private unsubscribe(topic: string, app: SlackApp): void {
    const apps = this.topics.get(topic);
    apps?.delete(app);
    if (apps?.size === 0) this.topics.delete(topic);
  }

  private dismiss(connection: SlackConnection, reason: DisconnectReason, code: number): void {
    this.leave(connection);
    connection.disconnect(reason, code);
  }

  /** Takes a socket from its app; what it did not acknowledge goes to the others, or waits. */
  private leave(connection: SlackConnection): void {
    const app = this.appOf(connection);
    if (!app) return;
    app.outbox.remove(connection);
    if (app.outbox.openLines === 0) this.lingering.set(connection.app!, this.clock() + linger_ms);
    connection.app = undefined;
  }

  /** An app and all of its sockets. */
  private end(key: string, reason: DisconnectReason): void {
    const app = this.apps.get(key);
    if (!app) return;
    this.apps.delete(key);
    this.lingering.delete(key);
    for (const topic of [...this.topics.keys()]) this.unsubscribe(topic, app);
    app.close();
    const code = reason === 'link_disabled' ? 4403 : 1012;
    for (const connection of this.connections.values()) if (connection.app === key) connection.disconnect(reason, code);
  }

  private appOf(connection: SlackConnection): SlackApp | undefined {
    return connection.app === undefined ? undefined : this.apps.get(connection.app);
  }

  private tick(): void {
    const now = this.clock();
    const beats = this.ticks++ % (limits.heartbeat_ms / tick_ms) === 0;
    for (const connection of this.connections.values()) {
      connection.strays = 0;
      if (connection.expires !== undefined && connection.expires * 1000 <= now)
        this.dismiss(connection, 'refresh_requested', 4401);
      if (now - connection.lastSeen > 2 * limits.heartbeat_ms) connection.socket.terminate();
      else if (beats) connection.socket.ping();
    }
    for (const [key, until] of this.lingering) if (until <= now) this.end(key, 'refresh_requested');
    for (const app of this.apps.values()) app.outbox.tick();
  }
}

function keyOf({ workspace_id, user_id }: Identity): string {
  return personKey(workspace_id, user_id);
}
