import { fixture } from '../platform/messages/fixture.ts';
import type { MessageEvent } from '../schemas/generated/types.ts';

/** The event of a new message of 200 bytes: the `rev`th of its channel, from the `offset`th command, with an id of its own. */
export function event(channel_id: string, rev: number, offset: number): MessageEvent {
  const time = 1_790_000_000_000 + offset;
  const own = { user_id: 'alice', text: 'x'.repeat(200), client_msg_id: `client-${offset}`, created_at: time };
  return {
    ...{ workspace_id: 'acme', channel_id, rev, seq: rev, time, command_offset: offset },
    ...{ actor_id: 'alice', reply_to: null, trace_id: '', made: null },
    body: {
      MessageChanged: {
        ...{ kind: 'created', message: fixture(`${2n ** 60n + BigInt(offset)}`, rev, own), emoji: '' },
        ...{ root_reply_count: 0, unmentioned: [], unmentioned_channel: 0, previous: null, versions_gone: false },
      },
    },
  };
}
