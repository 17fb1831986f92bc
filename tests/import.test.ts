import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SlackExport } from '../cli/slack-export/export.ts';
import type { SlackMessage } from '../cli/slack-export/message.ts';
import { signToken } from '../edge/auth/tokens.ts';
import type { WireMessage } from '../edge/wire/message.ts';
import { eventually } from './support/eventually.ts';
import { Server, secret } from './support/server.ts';

const file = fileURLToPath(new URL('../../shared/data/slack-export-racket.zip', import.meta.url));
const run = promisify(execFile);
const channelId = 'C69B6D2CE';

/** 16,466 messages of 224 people, 14,813 of them replies, as a team really wrote them. */
describe('a real Slack export', { skip: existsSync(file) ? false : 'the export is not beside this checkout' }, () => {
  let server: Server;
  let token: string;
  const wanted: SlackMessage[] = [];
  const found = new Map<string, WireMessage>();

  before(async () => {
    server = await Server.start();
    token = await signToken(secret, { user_id: 'reader', workspace_id: 'racket' }, 3600);
    const slack = await SlackExport.open(file);
    for await (const message of slack.messages(slack.channels[0]!)) wanted.push(message);
    slack.close();
  });
  after(() => server.stop());

  const get = async <Body>(path: string): Promise<Body> => {
    const response = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(response.status, 200, `${path}: ${response.status}`);
    return (await response.json()) as Body;
  };
  const importIt = async () => {
    const env = { ...process.env, MILLRACE_DATA_DIR: server.folder, MILLRACE_JWT_SECRET: secret };
    const { stdout } = await run(process.execPath, ['cli/bin.mjs', 'import', file, '--workspace', 'racket', '--json'], {
      env,
    });
    return JSON.parse(stdout) as { messages: object; users: object; channels: object };
  };

  it('is imported whole, and a second run adds nothing', async () => {
    assert.equal(wanted.length, 16_466);
    const first = await importIt();
    assert.deepEqual(first.messages, { created: 16_466, exists: 0, failed: 0 });
    assert.deepEqual(first.users, { created: 224, exists: 0, failed: 0 });
    const second = await importIt();
    assert.deepEqual(second.messages, { created: 0, exists: 16_466, failed: 0 });
    assert.deepEqual(second.channels, { created: 0, exists: 1, failed: 0 });
  });

  it('is found again message by message: authors, texts, times, threads', async () => {
    type History = { messages: WireMessage[]; has_more_after: boolean };
    let after = '0';
    for (;;) {
      const page = await get<History>(`/v1/channels/${channelId}/messages?limit=200&after=${after}`);
      for (const root of page.messages) {
        found.set(root.client_msg_id, root);
        let last = '0';
        for (let more = root.reply_count > 0; more; ) {
          const path = `/v1/channels/${channelId}/messages/${root.message_id}/thread?limit=200&after=${last}`;
          const thread = await get<History>(path);
          for (const message of thread.messages) found.set(message.client_msg_id, message);
          last = thread.messages.at(-1)!.message_id;
          more = thread.has_more_after;
        }
      }
      after = page.messages.at(-1)!.message_id;
      if (!page.has_more_after) break;
    }
    assert.equal(found.size, wanted.length);
    const replies = new Map<string, number>();
    for (const message of wanted) {
      const kept = found.get(message.client_msg_id);
      assert.ok(kept, message.client_msg_id);
      assert.equal(kept.text, message.text);
      assert.equal(kept.user_id, message.user_id);
      assert.equal(Date.parse(kept.created_at), message.created_at);
      const root = message.thread_client_msg_id === null ? null : found.get(message.thread_client_msg_id)!.message_id;
      assert.equal(kept.thread_id, root);
      if (root !== null) replies.set(root, (replies.get(root) ?? 0) + 1);
    }
    for (const message of found.values()) assert.equal(message.reply_count, replies.get(message.message_id) ?? 0);
  });

  for (const word of [
    'macro',
    'racket',
    'contract',
    'drracket',
    'typed',
    'syntax',
    'monad',
    'github',
    'thanks',
    'continuation',
  ]) {
    it(`has as many hits for ${word} as a plain search of its texts`, async () => {
      const plain = new RegExp(`(?<![\\p{L}\\p{N}\\p{M}])${word}(?![\\p{L}\\p{N}\\p{M}])`, 'iu');
      const expected = wanted.filter((message) => plain.test(message.text)).map((message) => message.client_msg_id);
      await eventually(async () => {
        const hits: string[] = [];
        let cursor: string | null = '';
        while (cursor !== null) {
          const query = `q=${word}&limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;
          type Page = {
            hits: { message: WireMessage; highlights: string[] }[];
            total: number;
            next_cursor: string | null;
          };
          const page: Page = await get<Page>(`/v1/search?${query}`);
          assert.equal(page.total, expected.length);
          for (const hit of page.hits) {
            hits.push(hit.message.client_msg_id);
            assert.ok(hit.highlights.some((text) => text.toLowerCase().includes(`<em>${word}</em>`)));
          }
          cursor = page.next_cursor;
        }
        assert.deepEqual(hits.sort(), [...expected].sort());
      });
    });
  }
});
