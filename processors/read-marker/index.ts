import { Type } from '@sinclair/typebox';
import { personKey } from '../../platform/keys.ts';
import type { RowWrite } from '../../platform/messages/port.ts';
import { defineProcessor, type Output } from '../../runtime/processor.ts';
import type { PersonEvent, ReadCommand, ReadMarker, ThreadReadCommand } from '../../schemas/generated/types.ts';

/** A thread moves no marker of its channel: merged, this changes none. */
const unmoved: ReadMarker = { epoch: 0, last_read_seq: 0, last_read_rev: 0, since_rev: 0 };

export default defineProcessor({
  doc: 'Moves a read marker, of a channel or a thread: a row that the store merges, and word of it to all of the person’s devices.',
  inputs: ['ReadCommand', 'ThreadReadCommand'],
  outputs: { rows: 'Row', events: 'PersonEvent' },
  options: Type.Object({}, { additionalProperties: false }),
  create: () => (_state, input) => {
    const { workspace_id, user_id, channel_id } = input.value as ReadCommand | ThreadReadCommand;
    const row = { workspace_id, channel_id, user_id };
    const moved = (value: RowWrite, body: PersonEvent['body']): Output[] => [
      { to: 'rows', schema: 'Row', key: input.key, value },
      {
        to: 'events',
        schema: 'PersonEvent',
        key: personKey(workspace_id, user_id),
        value: { workspace_id, user_id, body },
      },
    ];
    if (input.schema === 'ThreadReadCommand') {
      const { thread_id, last_read_id, reply_to } = input.value as ThreadReadCommand;
      return moved(
        { kind: 'thread_marker', ...row, root_id: thread_id, last_read_id },
        { ReadMoved: { channel_id, marker: unmoved, reply_to, thread: { thread_id, last_read_id } } },
      );
    }
    const { marker, reply_to } = input.value as ReadCommand;
    return moved({ kind: 'marker', ...row, marker }, { ReadMoved: { channel_id, marker, reply_to, thread: null } });
  },
});
