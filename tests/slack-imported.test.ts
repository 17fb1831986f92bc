import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ConversationsHistoryResponse, ConversationsRepliesResponse } from '@slack/web-api';
import { SlackExport } from '../cli/slack-export/export.ts';
import type { SlackMessage } from '../cli/slack-export/message.ts';
import { type Person, workspace } from './support/person.ts';
import { Server, secret } from './support/server.ts';
import { clientOf, refusalOf } from './support/slack.ts';

const file = fileURLToPath(new URL('../../shared/data/slack-export-racket.zip', import.meta.url));
const run = promisify(execFile);
const channel = 'C69B6D2CE';

type Shown = NonNullable<ConversationsHistoryResponse['messages']>[number];

/** Slack's own client reads what was Slack's own: 16,466 messages, 14,813 of them replies, by the ts that they had there. */
describe('an imported channel, by Slack’s own client', {
  skip: existsSync(file) ? false : 'the export is not beside this checkout',
}, () => {
  let server: Server;
  let reader: Person;
  const wanted: SlackMessage[] = [];
  const roots: Shown[] = [];

  before(async () => {
    server = await Server.start();
    const slack = await SlackExport.open(file);
    for await (const message of slack.messages(slack.channels[0]!)) wanted.push(message);
    slack.close();
    const env = { ...process.env, MILLRACE_DATA_DIR: server.folder, MILLRACE_JWT_SECRET: secret };
    await run(process.execPath, ['cli/bin.mjs', 'import', file, '--workspace', 'racket', '--json'], { env });
    reader = await workspace(server, 'racket').person('reader');
    await clientOf(reader).conversations.join({ channel });
  });
  after(() => server.stop());

  it('is paged through, newest first, with the ts of each message as it was', async () => {
    for await (const page of clientOf(reader).paginate('conversations.history', { channel, limit: 200 }))
      roots.push(...(page as ConversationsHistoryResponse).messages!);
    const top = wanted.filter(({ thread_ts }) => thread_ts === null);
    assert.deepEqual(
      roots.map(({ ts }) => ts).reverse(),
      top.map(({ ts }) => ts),
    );
    for (let i = 1; i < roots.length; i++) assert.ok(roots[i]!.ts! < roots[i - 1]!.ts!);
    const author = new Map(wanted.map(({ ts, user_id }) => [ts, user_id]));
    for (const { ts, user } of roots) assert.equal(user, author.get(ts!));
  });

  it('has every reply below its root, under both of their ts', async () => {
    const of = new Map<string, string[]>();
    for (const { ts, thread_ts } of wanted)
      if (thread_ts !== null) of.set(thread_ts, [...(of.get(thread_ts) ?? []), ts]);
    let replies = 0;
    for (const { ts, reply_count = 0 } of roots) {
      assert.equal(reply_count, of.get(ts!)?.length ?? 0);
      if (reply_count === 0) continue;
      const found: string[] = [];
      for await (const page of clientOf(reader).paginate('conversations.replies', { channel, ts, limit: 200 }))
        for (const message of (page as ConversationsRepliesResponse).messages!) {
          assert.equal(message.thread_ts, ts);
          found.push(message.ts!);
        }
      assert.deepEqual(found, [ts, ...of.get(ts!)!]);
      replies += reply_count;
    }
    assert.equal(replies, wanted.filter(({ thread_ts }) => thread_ts !== null).length);
  });

  it('is read between any two of its messages, and between times that no message has', async () => {
    const slack = clientOf(reader);
    const times = roots.map(({ ts }) => ts!);
    for (const at of [0, 17, 400, times.length - 12]) {
      const [latest, oldest] = [times[at]!, times[at + 11]!];
      const { messages } = await slack.conversations.history({ channel, oldest, latest, limit: 100 });
      assert.deepEqual(
        messages!.map(({ ts }) => ts),
        times.slice(at + 1, at + 11),
      );
      const just = (ts: string, microseconds: number) => {
        const whole = BigInt(ts.replace('.', '')) + BigInt(microseconds);
        return `${whole / 1_000_000n}.${String(whole % 1_000_000n).padStart(6, '0')}`;
      };
      const around = { oldest: just(oldest, -1), latest: just(latest, 1) };
      const wider = await slack.conversations.history({ channel, ...around, limit: 100 });
      assert.deepEqual(
        wider.messages!.map(({ ts }) => ts),
        times.slice(at, at + 12),
      );
      const within = { oldest: just(oldest, 1), latest: just(latest, -1) };
      const narrower = await slack.conversations.history({ channel, ...within, limit: 100 });
      assert.deepEqual(
        narrower.messages!.map(({ ts }) => ts),
        times.slice(at + 1, at + 11),
      );
    }
  });

  it('takes answers, reactions and new messages, which have a ts of their own', async () => {
    const slack = clientOf(reader);
    const ts = roots.at(-1)!.ts!;
    const { message } = await slack.chat.postMessage({ channel, text: 'years later', thread_ts: ts });
    assert.equal((message as { thread_ts?: string }).thread_ts, ts);
    await slack.reactions.add({ channel, timestamp: ts, name: 'tada' });
    assert.equal(await refusalOf(slack.chat.update({ channel, ts, text: 'x' })), 'cant_update_message');
    const posted = await slack.chat.postMessage({ channel, text: 'new' });
    const [newest] = (await slack.conversations.history({ channel, limit: 1 })).messages!;
    assert.equal(newest!.ts, posted.ts);
    assert.ok(posted.ts! > roots[0]!.ts!);
  });
});
