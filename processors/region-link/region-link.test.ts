import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { channelKey } from '../../platform/keys.ts';
import { isNewerHome } from '../../platform/regions/home.ts';
import type { State } from '../../runtime/processor.ts';
import type {
  Answer,
  ChangeMessage,
  Channel,
  ChannelHome,
  Message,
  MessageCommand,
  MessageEvent,
} from '../../schemas/generated/types.ts';
import sequence from '../sequence/index.ts';
import regionLink from './index.ts';

const noon = Date.UTC(2026, 10, 25, 12);
const place = { workspace_id: 'w', channel_id: 'c' };
const key = channelKey('w', 'c');
const channel: Channel = {
  ...{ name: 'general', type: 'public', topic: '', creator_id: 'ann', archived: false, member_count: 2 },
  ...{ created_at: noon, posting: 'everyone', trim: null, home: null },
};

function rows(): State {
  const known = new Map<string, unknown>();
  return {
    get: (table, row) => known.get(`${table} ${row}`),
    set: (table, row, value) => void known.set(`${table} ${row}`, value),
  };
}

/** One region: its sequencer, its log of events, the sends that it hands to homes, and what its store has. */
class Region {
  readonly events: MessageEvent[] = [];
  readonly sends: MessageCommand[] = [];
  readonly messages = new Map<string, Message>();
  readonly acknowledged = new Set<string>();
  readonly #state = rows();
  readonly #sequence: ReturnType<typeof sequence.create>;
  readonly #link: ReturnType<typeof regionLink.create>;
  #offset = 0;
  #requests = new Map<number, string>();
  home: ChannelHome;
  /** How far it has read the other ones' logs. */
  readonly read = new Map<Region, { events: number; sends: number }>();

  constructor(
    readonly region: number,
    home: number,
  ) {
    this.#sequence = sequence.create({ region });
    this.#link = regionLink.create({ region });
    this.home = { region: home, epoch: 0 };
  }

  take(command: Partial<MessageCommand> & Pick<MessageCommand, 'body'>, time: number): void {
    const value = { ...place, actor_id: '', reply_to: null, trace_id: '', home: this.home, carried: null, ...command };
    const at = { schema: 'MessageCommand' as const, value, key, time, offset: this.#offset++, partition: 0 };
    for (const output of this.#sequence(this.#state, at)) {
      if (output.schema === 'Answer') this.#answered(output.value, value);
      else if (output.schema === 'MessageEvent') this.#happened(output.value);
    }
  }

  #answered({ home, outcome, reply_to }: Answer, command: MessageCommand): void {
    if (home !== null) this.sends.push(command);
    else if ('Unchanged' in outcome) this.acknowledged.add(this.#requests.get(reply_to.request)!);
  }

  #happened(event: MessageEvent): void {
    this.events.push(event);
    if (event.reply_to) this.acknowledged.add(this.#requests.get(event.reply_to.request)!);
    if ('MessageChanged' in event.body) {
      const { message } = event.body.MessageChanged;
      this.messages.set(message.message_id, message);
    } else if ('ChannelChanged' in event.body) {
      const told = event.body.ChannelChanged.channel.home!;
      if (isNewerHome(told, this.home)) this.home = told;
    }
  }

  send(user: string, id: string, time: number): void {
    const request = this.#offset;
    this.#requests.set(request, `${user} ${id}`);
    const body = { text: `${user} ${id}`, client_msg_id: id, root: null, mentions: [], mentions_channel: false };
    const reply_to = { gateway: '0', epoch: 1, request };
    this.take({ actor_id: user, reply_to, body: { SendMessage: { ...body, mentions_here: [] } } }, time);
  }

  change(kind: ChangeMessage['change'], user: string, pick: number, text: string, time: number): void {
    const messages = [...this.messages.values()];
    const message = messages[pick % messages.length];
    if (!message) return;
    const none = { mentions: [], mentions_channel: false, reached: [], unreached: [], stamp: 0, erased: '' };
    const body = { change: kind, message, text, emoji: 'tada', ...none, versions: false };
    this.take({ actor_id: user, body: { ChangeMessage: body } }, time);
  }

  move(to: number, time: number): void {
    const home = { region: to, epoch: this.home.epoch + 1 };
    const change = { change_id: this.#offset, change: 'channel' as const, user_ids: [], change_ids: [], region: null };
    this.take({ body: { DirectoryChange: { ...change, channel: { ...channel, home } } } }, time);
  }

  /** Reads up to `count` events of another one, some of them again; then, if it has all, what that one hands over. */
  hear(other: Region, count: number, again: number, time: number): void {
    const at = this.read.get(other) ?? { events: 0, sends: 0 };
    const from = Math.max(0, at.events - again);
    const sends = other.sends.slice(at.sends, at.sends + count);
    for (const what of other.events.slice(from, at.events + count)) {
      const known =
        'MessageChanged' in what.body ? this.messages.get(what.body.MessageChanged.message.message_id) : null;
      this.#carry(other, { MessageEvent: what }, known ?? null, time);
    }
    const events = Math.min(other.events.length, at.events + count);
    const all = events === other.events.length;
    if (all) for (const what of sends) this.#carry(other, { MessageCommand: what }, null, time);
    this.read.set(other, { events, sends: all ? at.sends + sends.length : at.sends });
  }

  #carry(
    { region }: Region,
    what: { MessageEvent: MessageEvent } | { MessageCommand: MessageCommand },
    known: Message | null,
    time: number,
  ): void {
    const at = { key, time, offset: 0, partition: 0 };
    for (const output of this.#link(rows(), { schema: 'RegionRecord', value: { region, known, what }, ...at })) {
      assert.ok(output.schema === 'MessageCommand');
      this.take({ ...output.value, home: this.home }, time);
    }
  }

  shown(): object[] {
    const byId = (a: Message, b: Message): number => (BigInt(a.message_id) < BigInt(b.message_id) ? -1 : 1);
    return [...this.messages.values()].sort(byId).map((message) => ({
      ...{ id: message.message_id, user: message.user_id, as: message.client_msg_id, text: message.text },
      ...{ deleted: message.deleted, reactions: message.deleted ? [] : message.reactions },
    }));
  }
}

const act = fc.record({
  region: fc.nat(1),
  what: fc.constantFrom('send', 'send', 'send', 'edit', 'react', 'unreact', 'delete', 'move', 'force', 'hear', 'hear'),
  user: fc.constantFrom('ann', 'bob'),
  id: fc.constantFrom('1', '2', '3', '4', '5'),
  pick: fc.nat(20),
  other: fc.nat(1),
  again: fc.nat(3),
  wait: fc.integer({ min: -3, max: 3 }),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

function play(acts: Act[], forced: boolean): Region[] {
  const regions = [new Region(0, 0), new Region(1, 0)];
  let time = noon;
  for (const { region, what, user, id, pick, other, again, wait } of acts) {
    const here = regions[region]!;
    const there = regions[other]!;
    time += wait;
    if (what === 'send') here.send(user, id, time);
    else if (what === 'hear' && here !== there) here.hear(there, pick, again, time);
    else if (what === 'move' && here.home.region === here.region) here.move(there.region, time);
    else if (what === 'force' && forced && here.home.region !== here.region) here.move(here.region, time);
    else if (what === 'edit') here.change('edit', user, pick, `${user} ${pick}`, time);
    else if (what === 'react' || what === 'unreact' || what === 'delete') here.change(what, user, pick, '', time);
  }
  // The link is whole again, and everyone hears of everything.
  for (let i = 0; i < 6; i++)
    for (const here of regions) for (const there of regions) if (here !== there) here.hear(there, 1000, 2, time);
  return regions;
}

function checkNumbers({ events, messages }: Region): void {
  assert.deepEqual(
    events.map(({ rev }) => rev),
    events.map((_, i) => i + 1),
    'revs count from 1 without a gap',
  );
  const seqs = [...messages.values()].map(({ seq }) => seq).sort((a, b) => a - b);
  assert.deepEqual(
    seqs,
    seqs.map((_, i) => i + 1),
    'seqs count from 1 without a gap',
  );
}

const acts = fc.array(act, { minLength: 1, maxLength: 60 });

test('two regions with one home at a time agree on messages, their order and seqs, in any cut and with any repeat', () => {
  fc.assert(
    fc.property(acts, (history) => {
      const regions = play(history, false);
      for (const region of regions) {
        checkNumbers(region);
        assert.deepEqual(region.shown(), regions[0]!.shown());
        const seqs = [...region.messages.values()].map(({ message_id, seq }) => `${message_id} ${seq}`);
        assert.deepEqual(seqs.sort(), [...regions[0]!.messages.values()].map((m) => `${m.message_id} ${m.seq}`).sort());
        const ordered = region.events.flatMap(({ body }) =>
          'MessageChanged' in body && body.MessageChanged.kind === 'created'
            ? [BigInt(body.MessageChanged.message.message_id)]
            : [],
        );
        assert.ok(
          ordered.every((id, i) => i === 0 || id > ordered[i - 1]!),
          'ids grow with revs',
        );
        everyOnce(region);
      }
    }),
    { numRuns: 3000 },
  );
});

test('two regions whose homes are moved by force in a cut lose and double nothing, and come to one history', () => {
  fc.assert(
    fc.property(acts, (history) => {
      const regions = play(history, true);
      for (const region of regions) {
        checkNumbers(region);
        assert.deepEqual(region.shown(), regions[0]!.shown());
        everyOnce(region);
      }
      for (const region of regions) assert.deepEqual(region.home, regions[0]!.home);
    }),
    { numRuns: 3000 },
  );
});

/** What was acknowledged is there; and of each (author, client_msg_id) one that was not deleted at most. */
function everyOnce({ acknowledged, messages }: Region): void {
  const all = [...messages.values()].map(({ user_id, client_msg_id }) => `${user_id} ${client_msg_id}`);
  for (const sent of acknowledged) assert.ok(all.includes(sent), `${sent} is lost`);
  const alive = [...messages.values()].filter(({ deleted }) => !deleted);
  const names = alive.map(({ user_id, client_msg_id }) => `${user_id} ${client_msg_id}`);
  assert.equal(new Set(names).size, names.length, 'nothing is there twice');
}
