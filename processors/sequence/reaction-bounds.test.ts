import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fixture } from '../../platform/messages/fixture.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { State } from '../../runtime/processor.ts';
import type { ChangeMessage, Message, MessageCommand } from '../../schemas/generated/types.ts';
import { decide } from './decide.ts';
import { reactionBounds } from './reaction-bounds.ts';
import { SequenceState } from './state.ts';

const nothing: State = { get: () => undefined, set: () => undefined };
const people = (count: number, of: string) => Array.from({ length: count }, (_, i) => `${of}${i}`);

/** What one person's change of a message leads to. */
function change(message: Message, kind: ChangeMessage['change'], emoji: string, actor_id = 'someone-new') {
  const body = {
    change: kind,
    message,
    text: '',
    mentions: [],
    mentions_channel: false,
    emoji,
    stamp: 0,
    erased: '',
    versions: false,
    reached: [],
    unreached: [],
  };
  const value: MessageCommand = {
    ...{ workspace_id: 'w', channel_id: 'c', actor_id, reply_to: null, trace_id: '', carried: null, home: null },
    body: { ChangeMessage: body },
  };
  const at = { schema: 'MessageCommand' as const, value, key: 'c', time: message.created_at, offset: 0, partition: 0 };
  return decide(new SequenceState(nothing), value, at);
}

describe('reactions of a message are bounded', () => {
  const popular = { ...fixture('1', 1), reactions: [{ emoji: 'tada', user_ids: people(reactionBounds.people, 'p') }] };
  const refused = (decision: ReturnType<typeof change>, detail: RegExp): void => {
    assert.ok('outcome' in decision && 'Refused' in decision.outcome);
    assert.equal(decision.outcome.Refused.code, 'conflict');
    assert.match(decision.outcome.Refused.detail, detail);
  };

  it('with one emoji', () => {
    refused(change(popular, 'react', 'tada'), /1000 people/);
    assert.ok('event' in change(popular, 'react', 'heart'), 'another one is free');
    assert.ok('event' in change(popular, 'unreact', 'tada', 'p7'));
    const again = change(popular, 'react', 'tada', 'p7');
    assert.ok('outcome' in again && 'Unchanged' in again.outcome, 'what already is, is no error');
  });

  it('in all', () => {
    const reactions = ['a', 'b', 'c'].map((emoji) => ({ emoji, user_ids: people(reactionBounds.all / 3 - 1, emoji) }));
    const nearly = { ...popular, reactions: [...reactions, { emoji: 'd', user_ids: ['x', 'y'] }] };
    assert.ok('event' in change(nearly, 'react', 'd'));
    const full = { ...popular, reactions: [...reactions, { emoji: 'd', user_ids: ['x', 'y', 'z'] }] };
    refused(change(full, 'react', 'd'), /3000 reactions/);
    refused(change(full, 'react', 'e'), /3000 reactions/);
    assert.ok('event' in change(full, 'unreact', 'd', 'x'));
  });

  it('so that an event is far smaller than the largest record, however long the ids of people are', () => {
    const long = people(reactionBounds.people, '界'.repeat(120));
    const reactions = ['a', 'b']
      .map((emoji) => ({ emoji, user_ids: long }))
      .concat({ emoji: 'c', user_ids: long.slice(1) });
    const decision = change({ ...popular, reactions }, 'react', 'c');
    assert.ok('event' in decision);
    const bytes = fileCodec().encode('MessageEvent', decision.event).length;
    assert.ok(bytes < 2 * 1024 * 1024, `${bytes} bytes`);
  });
});
