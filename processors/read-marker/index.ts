import { Type } from '@sinclair/typebox';
import { personKey } from '../../platform/keys.ts';
import { defineProcessor } from '../../runtime/processor.ts';
import type { ReadCommand } from '../../schemas/generated/types.ts';

export default defineProcessor({
  doc: 'Moves a read marker: a row that the store merges by maximum, and word of it to all of the person’s devices.',
  inputs: ['ReadCommand'],
  outputs: { rows: 'Row', events: 'PersonEvent' },
  options: Type.Object({}, { additionalProperties: false }),
  create: () => (_state, input) => {
    const { workspace_id, user_id, channel_id, marker, reply_to } = input.value as ReadCommand;
    const body = { ReadMoved: { channel_id, marker, reply_to } };
    return [
      {
        to: 'rows',
        schema: 'Row',
        key: input.key,
        value: { kind: 'marker', workspace_id, channel_id, user_id, marker },
      },
      {
        to: 'events',
        schema: 'PersonEvent',
        key: personKey(workspace_id, user_id),
        value: { workspace_id, user_id, body },
      },
    ];
  },
});
