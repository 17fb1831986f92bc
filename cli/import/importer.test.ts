import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ImportItem } from '../../edge/calls/import-items.ts';
import type { SlackChannel } from '../slack-export/channel.ts';
import type { SlackExport } from '../slack-export/export.ts';
import type { SlackMessage } from '../slack-export/message.ts';
import { Importer } from './importer.ts';

/** What the edge takes as one body. */
const bound = 4 * 1024 * 1024;

it('no body is too large for the edge, whatever members, reactions and texts it is made of', async () => {
  const users = Array.from({ length: 3000 }, (_, i) => {
    const user_id = `U${String(i).padStart(10, '0')}`;
    return { user_id, name: user_id, real_name: '', email: null, deleted: false, role: 'member' as const };
  });
  const members = users.map(({ user_id }) => user_id);
  const channels = Array.from({ length: 200 }, (_, i): SlackChannel => {
    const rest = { topic: '', archived: false, posting: 'everyone' as const, files: [] };
    return { channel_id: `C${i}`, name: `c${i}`, type: 'public', creator: null, members, created: 0, ...rest };
  });
  const message = (i: number): SlackMessage => ({
    channel_id: 'C199',
    user_id: members[0]!,
    text: '\u0001'.repeat(2000),
    client_msg_id: `m${i}`,
    ts: '',
    mentions: [],
    mentions_channel: false,
    thread_ts: null,
    thread_client_msg_id: null,
    root_missing: false,
    created_at: 0,
    edited_at: null,
    reactions: [{ emoji: '+1', user_ids: members.slice(0, 500) }],
    author_name: null,
  });
  const slack = {
    ...{ users, channels, skipped: new Map() },
    messages: async function* ({ channel_id }: SlackChannel) {
      for (let i = 0; channel_id === 'C199' && i < 1000; i++) yield message(i);
    },
  };
  const sent: number[] = [];
  const post = async (items: ImportItem[]) => {
    sent.push(Buffer.byteLength(JSON.stringify({ items })));
    return items.map(() => ({ status: 'created' as const }));
  };
  const report = await new Importer(slack as unknown as SlackExport, post, 'U1', () => undefined).run();
  assert.deepEqual([report.channels.created, report.messages.created], [200, 1000]);
  assert.ok(Math.max(...sent) <= bound, `bodies of ${sent.map((bytes) => (bytes / 1024 / 1024).toFixed(1))} MiB`);
});
