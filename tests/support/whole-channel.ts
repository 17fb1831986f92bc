import type { Message } from '../../client/wire.ts';
import type { Person } from './person.ts';

/** A message as two workspaces can have it alike: without what its place in one of them gives it. */
export interface Said {
  author: string;
  text: string;
  time: string;
  edited: string | null;
  reactions: Message['reactions'];
  replies: Said[];
}

/** Everything that was said in a channel, deleted messages left out, read page by page. */
export async function wholeChannel(reader: Person, channelId: string): Promise<Said[]> {
  const path = `/v1/channels/${channelId}/messages`;
  const said: Said[] = [];
  let after = '0';
  for (let more = true; more; ) {
    const { body } = await reader.get(`${path}?limit=200&after=${after}`);
    for (const root of body.messages) {
      const replies: Said[] = [];
      let last = root.message_id;
      for (let rest = root.reply_count > 0; rest; ) {
        const thread = await reader.get(`${path}/${root.message_id}/thread?limit=200&after=${last}`);
        replies.push(...thread.body.messages.filter(({ deleted }) => !deleted).map((reply) => saidIn(reply, [])));
        last = thread.body.messages.at(-1)!.message_id;
        rest = thread.body.has_more_after;
      }
      if (!root.deleted) said.push(saidIn(root, replies));
    }
    after = body.messages.at(-1)?.message_id ?? after;
    more = body.has_more_after;
  }
  return said;
}

function saidIn({ user_id, text, created_at, edited_at, reactions }: Message, replies: Said[]): Said {
  return { author: user_id, text, time: created_at, edited: edited_at, reactions, replies };
}
