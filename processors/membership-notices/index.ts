import { Type } from '@sinclair/typebox';
import { personKey } from '../../platform/keys.ts';
import { defineProcessor, type Output } from '../../runtime/processor.ts';
import type { MessageEvent } from '../../schemas/generated/types.ts';

export default defineProcessor({
  doc: 'Tells each person who joined or left a channel, at their own address.',
  inputs: ['MessageEvent'],
  outputs: { people: 'PersonEvent' },
  options: Type.Object({}, { additionalProperties: false }),
  create: () => (_state, input) => {
    const { workspace_id, channel_id, rev, seq, body } = input.value as MessageEvent;
    if (!('MembersChanged' in body)) return [];
    const joined = body.MembersChanged.kind === 'joined';
    const { change_id } = body.MembersChanged;
    return body.MembersChanged.user_ids.map((user_id): Output => {
      const value = { workspace_id, user_id, body: { MembershipChanged: { channel_id, joined, rev, seq, change_id } } };
      return { to: 'people', schema: 'PersonEvent', key: personKey(workspace_id, user_id), value };
    });
  },
});
