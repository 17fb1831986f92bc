import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MillraceError, messageOf } from '../../../platform/errors/error.ts';
import type { PersonEvent } from '../../../schemas/generated/types.ts';
import type { Identity } from '../../auth/claims.ts';
import type { CallContext } from '../../calls/context.ts';
import { Session } from '../../socket/session.ts';
import { type Socket, socketPaths } from '../../transport/port.ts';
import type { MessageTimes } from '../message-times.ts';
import type { SlackEventOutcome } from '../metrics.ts';
import { type SlackEvent, slackEvents } from './events.ts';
import { type Happening, happeningOfFrame } from './happening.ts';
import { type Budget, type Line, Outbox } from './outbox.ts';

/** Happenings that wait to be translated; past it they are dropped, and counted. */
const waitingBound = 1000;
/** Tries to translate one while the store or the directory does not answer. */
const mostTries = 5;
const pause_ms = 500;

export interface AppPorts {
  context: CallContext;
  times: MessageTimes;
  budget: Budget;
  observe(outcome: SlackEventOutcome): void;
  /** The app hears a topic from now on, or no longer. */
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** The app has to end: its access did, or something was missed. */
  ended(reason: 'link_disabled' | 'refresh_requested'): void;
}

/**
 * One app, that is, one person whose events are read in Socket Mode, by however many sockets. It has one session, as any
 * person's socket: the channels that it hears are those, and withdrawn as at once.
 */
export class SlackApp {
  readonly outbox: Outbox;
  /** Resolves once every later event of the person's channels will come. Error: what kept it from that. */
  readonly ready: Promise<void>;
  private readonly session: Session;
  private translating: Promise<void> = Promise.resolve();
  private waiting = 0;
  private closed = false;

  constructor(
    readonly identity: Identity,
    private readonly ports: AppPorts,
  ) {
    this.session = new Session(this.socket(), identity, ports.context, (error) => {
      if (error instanceof MillraceError && error.code === 'forbidden') return ports.ended('link_disabled');
      ports.context.logger.warn({ error: messageOf(error) }, 'an app’s events can’t be followed: it has to come back');
      ports.ended('refresh_requested');
    });
    this.outbox = new Outbox((channelId) => this.session.hears(channelId), ports.budget, ports.observe);
    this.ready = this.session.greet();
  }

  person(event: PersonEvent): void {
    this.session.person(event);
  }

  take(happening: Happening): void {
    if (this.closed) return;
    if (this.waiting >= waitingBound) return this.ports.observe('dropped');
    this.waiting++;
    this.translating = this.translating.then(() => this.translate(happening)).finally(() => this.waiting--);
  }

  add(line: Line): void {
    this.outbox.add(line);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.session.close();
    this.outbox.close();
  }

  /** In order, each as soon as it can be read; nothing here throws. */
  private async translate(happening: Happening): Promise<void> {
    for (let tried = 1; !this.closed; tried++) {
      try {
        const events = await slackEvents(this.ports, this.identity, happening);
        for (const event of events) this.push(happening, event);
        return;
      } catch (error) {
        if (tried < mostTries) {
          await sleep(pause_ms);
          continue;
        }
        this.ports.context.logger.warn({ error: messageOf(error) }, 'an event for an app is dropped: it can’t be read');
        return this.ports.observe('dropped');
      }
    }
  }

  private push({ channel_id, rev, time }: Happening, event: SlackEvent): void {
    if (this.closed) return;
    const { workspace_id: team_id, user_id } = this.identity;
    const payload = {
      token: '',
      team_id,
      api_app_id: user_id,
      event,
      type: 'event_callback',
      // The same wherever and whenever it is made, so that whoever is told twice can know.
      event_id: eventId(team_id, channel_id, String(rev), event.type, String(event['user'])),
      event_time: Math.floor((time ?? Date.now()) / 1000),
      authorizations: [{ enterprise_id: null, team_id, user_id, is_bot: true, is_enterprise_install: false }],
      is_ext_shared_channel: false,
    };
    const envelope_id = randomUUID();
    this.outbox.push({ envelope_id, channel_id, payload: JSON.stringify(payload), retry_attempt: 0, retry_reason: '' });
  }

  /** What the session takes for its socket. */
  private socket(): Socket {
    const { ports } = this;
    return {
      path: socketPaths.slack,
      // Frames that go to one socket alone: what a joining catches up with; the rest is no app's.
      send: (frame) => {
        const happening = happeningOfFrame(frame.toString());
        if (happening) this.take(happening);
      },
      together: (work) => work(),
      ping: () => undefined,
      subscribe: (topic) => ports.subscribe(topic),
      unsubscribe: (topic) => ports.unsubscribe(topic),
      unsent: () => 0,
      end: () => ports.ended('link_disabled'),
      terminate: () => undefined,
    };
  }
}

function eventId(...parts: string[]): string {
  return `Ev${createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 20).toUpperCase()}`;
}
