import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fixture } from '../../platform/messages/fixture.ts';
import type { State } from '../../runtime/processor.ts';
import type { ChangeMessage, Message, MessageCommand } from '../../schemas/generated/types.ts';
import { decide } from './decide.ts';
import { fold } from './fold.ts';
import { timeOf } from './stamp.ts';
import { SequenceState } from './state.ts';

const nobody = { erased: '', versions: false, reached: [], unreached: [] };

const day_ms = 24 * 3_600_000;
const noon = Date.UTC(2026, 10, 25, 12);
const original = (): Message => ({
  ...fixture('1', 1),
  created_at: noon - day_ms,
  reactions: [{ emoji: 'old', user_ids: ['bob', 'alice'] }],
});

/** A state of which nothing expires. */
function rows(): State {
  const known = new Map<string, unknown>();
  return {
    get: (table, key) => known.get(`${table} ${key}`),
    set: (table, key, value) => void known.set(`${table} ${key}`, value),
  };
}

interface Change {
  change: ChangeMessage['change'];
  user: string;
  emoji: string;
  text: string;
  stamp: number;
}

/** A region's sequencer with one message, which all of them have from the start. */
class Region {
  message = original();
  readonly #state = new SequenceState(rows());
  #offset = 0;

  constructor(readonly region: number) {}

  /** Gives what the other regions are to hear; undefined where nothing changed. */
  take({ change, user, emoji, text, stamp }: Change, time: number): Change | undefined {
    const mentions = change === 'edit' ? [...text.matchAll(/<@(\w+)>/g)].map(([, id]) => id!) : [];
    const body = { change, message: this.message, text, mentions, mentions_channel: false, emoji, stamp, ...nobody };
    const command: MessageCommand = {
      workspace_id: 'w',
      channel_id: 'c',
      actor_id: user,
      reply_to: null,
      carried: null,
      home: null,
      trace_id: '',
      body: { ChangeMessage: body },
    };
    const offset = this.#offset++;
    const at = { schema: 'MessageCommand' as const, value: command, key: 'c', time, offset, partition: 0 };
    const decision = decide(this.#state, command, at, this.region);
    if (!('event' in decision)) return undefined;
    fold(this.#state, decision.event);
    assert.ok('MessageChanged' in decision.event.body);
    this.message = decision.event.body.MessageChanged.message;
    return { change, user, emoji, text, stamp: this.#stampOf(change, user, emoji) };
  }

  #stampOf(change: Change['change'], user: string, emoji: string): number {
    // A deletion has none: it wins over whatever comes before and after it.
    if (change === 'delete') return 1;
    if (change === 'edit') return this.message.stamps!.text;
    return this.message.stamps!.reactions.find((known) => known.user_id === user && known.emoji === emoji)!.stamp;
  }

  shown(): object {
    const { text, edited_at, deleted, reactions, mentions, stamps } = this.message;
    return { text, edited_at, deleted, reactions, mentions: mentions.map(({ user_id }) => user_id), stamps };
  }
}

const act = fc.record({
  region: fc.integer({ min: 0, max: 2 }),
  change: fc.constantFrom<Change['change'][]>('edit', 'edit', 'react', 'react', 'unreact', 'unreact'),
  user: fc.constantFrom('alice', 'bob'),
  emoji: fc.constantFrom('tada', 'old'),
  text: fc.constantFrom('one', 'two', 'three <@bob>'),
  // Regions' clocks differ, and stand still or go back.
  time: fc.integer({ min: noon, max: noon + 20 }),
  /** How many of what it has not heard yet the region takes first, and which. */
  hears: fc.array(fc.nat(), { maxLength: 3 }),
});
const history = fc.record({
  acts: fc.array(act, { minLength: 1, maxLength: 25 }),
  deletion: fc.option(fc.record({ region: fc.integer({ min: 0, max: 2 }), before: fc.nat(24) })),
  rest: fc.array(fc.nat(), { minLength: 3, maxLength: 120 }),
});

test('three regions that change a message at once agree, in whatever order, and however often, they hear of each other', () => {
  fc.assert(
    fc.property(history, ({ acts, deletion, rest }) => {
      const regions = [0, 1, 2].map((region) => new Region(region));
      const unheard: Change[][] = [[], [], []];
      const made: Change[] = [];
      const hear = (to: number, pick: number, again: boolean): void => {
        const [change] = unheard[to]!.splice(pick % unheard[to]!.length, 1);
        if (again) unheard[to]!.push(change!);
        regions[to]!.take(change!, noon + 10);
      };
      const does = (region: number, change: Change, time: number): void => {
        const told = regions[region]!.take(change, time);
        if (!told) return;
        made.push(told);
        for (const other of [0, 1, 2]) if (other !== region) unheard[other]!.push(told);
      };

      acts.forEach(({ region, hears, time, ...change }, i) => {
        if (deletion?.before === i) does(deletion.region, { ...change, change: 'delete', stamp: 0 }, time);
        for (const pick of hears) if (unheard[region]!.length > 0) hear(region, pick, pick % 5 === 0);
        does(region, { ...change, stamp: 0 }, time);
      });
      for (const to of [0, 1, 2])
        for (let i = 0; unheard[to]!.length > 0; i++) hear(to, rest[i % rest.length]!, i < 20 && rest[0]! % 2 === 0);

      assert.deepEqual(regions[1]!.shown(), regions[0]!.shown());
      assert.deepEqual(regions[2]!.shown(), regions[0]!.shown());
      assert.deepEqual(plainly(regions[0]!), plainlyExpected(made));
    }),
    { numRuns: 2000 },
  );
});

/** By one who sees all changes at once: of each text and each (emoji, user) the one with the highest stamp. */
function plainlyExpected(made: Change[]): object {
  if (made.some(({ change }) => change === 'delete')) return { deleted: true, text: '', reactions: [] };
  const edits = made.filter(({ change }) => change === 'edit').sort((a, b) => b.stamp - a.stamp);
  const present = new Set(['old alice', 'old bob']);
  for (const { change, emoji, user } of made
    .filter(({ change }) => change !== 'edit')
    .sort((a, b) => a.stamp - b.stamp)) {
    if (change === 'react') present.add(`${emoji} ${user}`);
    else present.delete(`${emoji} ${user}`);
  }
  return { deleted: false, text: edits[0]?.text ?? original().text, reactions: [...present].sort() };
}

function plainly({ message: { deleted, text, reactions } }: Region): object {
  const all = reactions.flatMap(({ emoji, user_ids }) => user_ids.map((user) => `${emoji} ${user}`));
  return { deleted, text, reactions: all.sort() };
}

test('a later change of the same region wins, though the clock went back', () => {
  const region = new Region(3);
  const edit = { change: 'edit', user: 'alice', emoji: '', stamp: 0 } as const;
  region.take({ ...edit, text: 'first' }, noon);
  region.take({ ...edit, text: 'second' }, noon - day_ms);
  assert.equal(region.message.text, 'second');
  assert.equal(timeOf(region.message.stamps!.text), noon + 1);
});

test('what was taken away is forgotten after a week, what is there is not', () => {
  const region = new Region(1);
  const by = { user: 'alice', text: '', stamp: 0 };
  region.take({ ...by, change: 'react', emoji: 'tada' }, noon);
  region.take({ ...by, change: 'unreact', emoji: 'tada' }, noon);
  region.take({ ...by, change: 'react', emoji: 'heart' }, noon + 7 * day_ms - 1);
  assert.equal(region.message.stamps!.reactions.length, 4);
  region.take({ ...by, change: 'react', emoji: 'eyes' }, noon + 7 * day_ms + 1);
  assert.deepEqual(
    region.message.stamps!.reactions.map(({ emoji, user_id }) => `${emoji} ${user_id}`),
    ['old alice', 'old bob', 'heart alice', 'eyes alice'],
  );
});

test('without a region nothing is stamped, and another region’s change is refused', () => {
  const message = original();
  const state = new SequenceState(rows());
  const change = (stamp: number) => {
    const body: ChangeMessage = {
      change: 'react',
      message,
      text: '',
      mentions: [],
      mentions_channel: false,
      emoji: 'tada',
      stamp,
      ...nobody,
    };
    const ids = {
      workspace_id: 'w',
      channel_id: 'c',
      actor_id: 'alice',
      reply_to: null,
      trace_id: '',
      carried: null,
      home: null,
    };
    const command: MessageCommand = { ...ids, body: { ChangeMessage: body } };
    return decide(state, command, {
      schema: 'MessageCommand',
      value: command,
      key: 'c',
      time: noon,
      offset: 0,
      partition: 0,
    });
  };
  const made = change(0);
  assert.ok('event' in made && 'MessageChanged' in made.event.body);
  assert.equal(made.event.body.MessageChanged.message.stamps, null);
  const refused = change(5);
  assert.ok('outcome' in refused && 'Refused' in refused.outcome);
  assert.match(refused.outcome.Refused.detail, /^stamp: .*region/);
});
