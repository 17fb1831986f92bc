import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Archive } from '../cli/slack-export/archive.ts';
import { SlackExport } from '../cli/slack-export/export.ts';
import type { SlackMessage } from '../cli/slack-export/message.ts';
import { type Person, workspace } from './support/person.ts';
import { people, seededTeam } from './support/seeded-team.ts';
import { Server, secret } from './support/server.ts';
import { wholeChannel } from './support/whole-channel.ts';

const real = fileURLToPath(new URL('../../shared/data/slack-export-racket.zip', import.meta.url));
const run = promisify(execFile);

interface SlackFileMessage {
  ts: string;
  text: string;
  user: string;
  thread_ts?: string;
  reply_count?: number;
  replies?: { user: string; ts: string }[];
  edited?: { user: string; ts: string };
  reactions?: { name: string; users: string[]; count: number }[];
  subtype?: string;
}

describe('export', () => {
  let server: Server;
  let folder: string;
  let files = 0;

  before(async () => {
    server = await Server.start();
    folder = await mkdtemp(`${tmpdir()}/millrace-exports-`);
  });
  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const millrace = async (...args: string[]) => {
    const env = { ...process.env, MILLRACE_DATA_DIR: server.folder, MILLRACE_JWT_SECRET: secret };
    return JSON.parse((await run(process.execPath, ['cli/bin.mjs', ...args, '--json'], { env })).stdout);
  };
  const exported = async (workspaceId: string, ...options: string[]) => {
    const file = `${folder}/${files++}.zip`;
    const report = await millrace('export', file, '--workspace', workspaceId, ...options);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('part')),
      [],
      'nothing unfinished stays',
    );
    return { file, report };
  };
  const filesOf = async (file: string) => {
    const archive = await Archive.open(file);
    const found: { [name: string]: SlackFileMessage[] } = {};
    for (const name of archive.names()) found[name] = (await archive.json(name)) as SlackFileMessage[];
    archive.close();
    return found;
  };
  const sameAgain = async (from: string, to: string, channelIds: string[], file: string) => {
    const report = await millrace('import', file, '--workspace', to);
    assert.deepEqual([report.messages.failed, report.without_root, report.skipped], [0, 0, {}]);
    const readers = await Promise.all([from, to].map((id) => workspace(server, id).person('reader', 'admin')));
    for (const id of channelIds) {
      const [first, second] = await Promise.all(readers.map((reader) => wholeChannel(reader, id)));
      assert.ok(first!.length > 0);
      assert.deepEqual(second, first);
    }
    const [first, second] = await Promise.all(readers.map((reader) => whoAndWhere(reader, channelIds)));
    assert.deepEqual(second, first);
    const again = await millrace('import', file, '--workspace', to);
    assert.equal(again.messages.created, 0);
    assert.deepEqual(await whoAndWhere(readers[1]!, channelIds), first);
    return report.messages.created as number;
  };

  /** The people, but those who only read or import here, and how channels are. */
  const whoAndWhere = async (reader: Person, channelIds: string[]) => {
    const people: object[] = [];
    let cursor: string | null = null;
    do {
      const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await reader.get(`/v1/users?limit=200${at}`);
      for (const { user_id, name, role, deactivated } of body.users)
        if (user_id !== 'reader' && user_id !== 'importer') people.push({ user_id, name, role, deactivated });
      cursor = body.next_cursor;
    } while (cursor !== null);
    const channels = await Promise.all(
      channelIds.map(async (id) => {
        const { name, type, topic, archived, posting, creator_id } = (await reader.get(`/v1/channels/${id}`)).body
          .channel;
        return { name, type, topic, archived, posting, creator_id };
      }),
    );
    return { people, channels };
  };

  it('of the real export gives it back, its own ts with it, and makes the same workspace again', {
    skip: existsSync(real) ? false : 'the export is not beside this checkout',
  }, async () => {
    await millrace('import', real, '--workspace', 'racket');
    const { file, report } = await exported('racket');
    assert.deepEqual([report.messages, report.replies, report.channels], [16_466, 14_813, 1]);
    const [was, is] = await Promise.all([SlackExport.open(real), SlackExport.open(file)]);
    const wanted: SlackMessage[] = [];
    for await (const message of was.messages(was.channels[0]!)) wanted.push(message);
    const found: SlackMessage[] = [];
    for await (const message of is.messages(is.channels[0]!)) found.push(message);
    for (const slack of [was, is]) slack.close();
    const shown = ({ author_name: _, mentions: __, ...message }: SlackMessage) => message;
    assert.deepEqual(found.map(shown), wanted.map(shown));
    assert.equal(await sameAgain('racket', 'racket-again', ['C69B6D2CE'], file), 16_466);
  });

  it('of a seeded team, edited and reacted to since, makes the same workspace again', async () => {
    const { person, id } = workspace(server, 'seeded');
    const admin = await person('admin', 'admin');
    for (const user of people) await person(user);
    const team = seededTeam(7, 1500, Date.parse('2026-11-01T00:00:00Z'));
    const channels = Array.from({ length: 10 }, (_, n) => `C${n}`);
    const made = { type: 'channel', channel_type: 'public', creator_id: 'p0', members: people };
    const created_at = '2026-10-01T00:00:00Z';
    await take(
      admin,
      channels.map((channel_id) => ({ ...made, channel_id, name: `seeded-${channel_id}`, created_at })),
    );
    const ids: string[] = [];
    for (let i = 0; i < team.length; i += 500)
      ids.push(
        ...(await take(
          admin,
          team.slice(i, i + 500).map((message) => ({
            type: 'message',
            channel_id: channels[message.channel],
            user_id: message.author,
            text: message.text,
            client_msg_id: message.id,
            thread_client_msg_id: message.thread,
            created_at: new Date(message.time).toISOString(),
            reactions: [...message.reactions].map(([emoji, user_ids]) => ({ emoji, user_ids })),
          })),
        )),
      );
    const author = await person(team[3]!.author);
    const path = `/v1/channels/${channels[team[3]!.channel]}/messages/${ids[3]}`;
    assert.equal((await author.patch(path, { text: '<@p1> 1 < 2 & <b> &lt; <@p1|one>' })).status, 200);
    assert.equal((await author.put(`${path}/reactions/wave`)).status, 200);
    await person('olga', 'owner');
    await person('gast', 'guest');
    assert.equal((await admin.patch('/v1/users/p9', { deactivated: true })).status, 200);
    const creator = await person('p0');
    const news = `/v1/channels/${channels[8]}`;
    assert.equal((await creator.patch(news, { posting: 'managers', topic: 'news' })).status, 200);
    assert.equal((await creator.patch(`/v1/channels/${channels[9]}`, { archived: true })).status, 200);
    // Sent here, many in a millisecond, and one older than what was there.
    await Promise.all(Array.from({ length: 200 }, (_, n) => author.say(channels[0]!, `live ${n}`)));
    const late = { type: 'message', channel_id: 'C0', user_id: 'p0', text: 'late', client_msg_id: 'late' };
    await take(admin, [{ ...late, created_at }]);
    const { file, report } = await exported(id);
    assert.equal(report.messages, 1701);
    assert.equal(await sameAgain(id, 'seeded-again', channels, file), 1701);
    // And once more, from what was made of it.
    const second = await exported('seeded-again');
    await sameAgain('seeded-again', 'seeded-third', channels, second.file);
  });

  it('has Slack’s layout: lists, a file a UTC day, threads, edits, reactions; private channels only where asked for', async () => {
    const { person, id } = workspace(server);
    const [ann, bob] = [await person('ann', 'admin'), await person('bob')];
    const general = await ann.makes('public', 'gen/eral', [bob]);
    const secretly = await ann.makes('private', 'secret', [bob]);
    const dm = await ann.makes('dm', undefined, [bob]);
    const root = await ann.say(general, 'root');
    const reply = await bob.say(general, 'reply <@ann>', { thread_id: root.message_id });
    const at = `/v1/channels/${general}/messages`;
    assert.equal((await bob.patch(`${at}/${reply.message_id}`, { text: 'edited' })).status, 200);
    assert.equal((await bob.put(`${at}/${root.message_id}/reactions/tada`)).status, 200);
    const gone = await ann.say(general, 'gone');
    const holder = await ann.say(general, 'root to be deleted');
    await bob.say(general, 'its reply', { thread_id: holder.message_id });
    for (const { message_id } of [gone, holder]) assert.equal((await ann.delete(`${at}/${message_id}`)).status, 200);
    await bob.say(secretly, 'not for all');
    await bob.say(dm, 'for ann');

    const open = await filesOf((await exported(id)).file);
    const day = new Date(root.created_at).toISOString().slice(0, 10);
    assert.deepEqual(Object.keys(open).sort(), ['channels.json', `${general}/${day}.json`, 'users.json'].sort());
    const [first, second, tombstone, orphan] = open[`${general}/${day}.json`]!;
    assert.deepEqual([first!.text, first!.user, first!.reply_count, first!.thread_ts], ['root', 'ann', 1, first!.ts]);
    assert.deepEqual(first!.replies, [{ user: 'bob', ts: second!.ts }]);
    assert.deepEqual(first!.reactions, [{ name: 'tada', users: ['bob'], count: 1 }]);
    assert.deepEqual([second!.text, second!.thread_ts, second!.edited!.user], ['edited', first!.ts, 'bob']);
    assert.deepEqual([tombstone!.subtype, orphan!.thread_ts], ['tombstone', tombstone!.ts]);
    assert.doesNotMatch(JSON.stringify(open), /gone|root to be|not for all|for ann/);

    const all = await filesOf((await exported(id, '--private')).file);
    assert.deepEqual(
      Object.keys(all).sort(),
      [`${general}/${day}.json`, `${dm}/${day}.json`, `secret/${day}.json`]
        .concat(['channels.json', 'dms.json', 'groups.json', 'users.json'])
        .sort(),
    );
    assert.equal(all[`${dm}/${day}.json`]![0]!.text, 'for ann');

    const { file, report } = await exported(id, '--user', 'bob');
    const own = await filesOf(file);
    assert.deepEqual([report.users, report.messages, report.reactions], [1, 4, 1]);
    assert.deepEqual(own['reactions.json'], [{ channel: general, ts: first!.ts, reactions: ['tada'] }]);
    assert.doesNotMatch(JSON.stringify(own), /"ann@|"text":"root"|"members":\["ann"/);
    assert.match(JSON.stringify(own), /not for all.*/);
  });

  it('refuses what is not there and what would overwrite, and leaves no file behind', async () => {
    const file = `${folder}/none.zip`;
    const code = (error: { code: number; stderr: string }) => ({
      code: error.code,
      ...JSON.parse(error.stderr.trim().split('\n').at(-1)!),
    });
    for (const args of [['no-such-workspace'], ['racket', '--user', 'nobody-at-all']])
      await assert.rejects(millrace('export', file, '--workspace', ...args), (error: never) => {
        assert.equal(code(error).error, 'not_found');
        return true;
      });
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('none')),
      [],
    );
    await assert.rejects(millrace('export', `${folder}/0.zip`, '--workspace', 'racket'), (error: never) => {
      assert.equal(code(error).error, 'conflict');
      return true;
    });
  });

  it('leaves nothing behind where it is interrupted', async () => {
    const env = { ...process.env, MILLRACE_DATA_DIR: server.folder, MILLRACE_JWT_SECRET: secret };
    const file = `${folder}/interrupted.zip`;
    const args = ['cli/bin.mjs', 'export', file, '--workspace', 'seeded', '--json'];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = once(child, 'exit');
    const began = () => readdirSync(folder).some((name) => name.startsWith('interrupted'));
    while (!began() && child.exitCode === null) await sleep(1);
    child.kill('SIGINT');
    const [code] = await ended;
    assert.equal(code, 8);
    assert.equal(began(), false);
  });

  it('reads the data folder where nothing runs', {
    skip: process.env['TEST_ENGINES'] ? 'the engines have the data' : false,
  }, async () => {
    const { person, id } = workspace(server);
    const ann = await person('ann');
    const channel = await ann.makes('public', 'still-here');
    await ann.say(channel, 'on the disk');
    await server.terminate();
    const { file, report } = await exported(id);
    assert.deepEqual([report.messages, report.users], [1, 1]);
    assert.match(JSON.stringify(await filesOf(file)), /on the disk/);
    await server.restart();
  });

  async function take(admin: Person, items: object[]): Promise<string[]> {
    const { status, body } = await admin.post('/v1/imports', { items });
    assert.equal(status, 200, JSON.stringify(body));
    for (const result of body.results) assert.equal(result.status, 'created', JSON.stringify(result));
    return body.results.map((result) => result.id);
  }
});
