import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { credentials, startS3Server } from '../platform/objects/s3/s3-server.ts';
import { eventually } from './support/eventually.ts';
import { type Person, workspace } from './support/person.ts';
import { Server, secret } from './support/server.ts';
import { wholeChannel } from './support/whole-channel.ts';

const file = fileURLToPath(new URL('../../shared/data/slack-export-racket.zip', import.meta.url));
const run = promisify(execFile);
const channel = 'C69B6D2CE';

/** 16,466 messages, years old, go cold while the process is killed again and again. */
describe('the archive of a real workspace', {
  skip: !existsSync(file)
    ? 'the export is not beside this checkout'
    : process.env['TEST_ENGINES'] !== undefined && 'the folder is one process’s: on engines the archive lies on S3',
}, () => {
  let server: Server;
  let reader: Person;
  let wanted: Awaited<ReturnType<typeof wholeChannel>>;
  const millrace = async (...args: string[]) => {
    const env = { ...process.env, MILLRACE_DATA_DIR: server.folder, MILLRACE_JWT_SECRET: secret };
    return JSON.parse((await run(process.execPath, ['cli/bin.mjs', ...args, '--json'], { env })).stdout);
  };

  before(async () => {
    server = await Server.start();
    await millrace('import', file, '--workspace', 'racket');
    reader = await workspace(server, 'racket').person('reader', 'admin');
    wanted = await wholeChannel(reader, channel);
  });
  after(() => server.stop());

  it('loses and doubles nothing, whenever the process is killed', async () => {
    const objects = (): number =>
      readdirSync(`${server.folder}/objects/messages`, { recursive: true, withFileTypes: true }).filter((one) =>
        one.isFile(),
      ).length;
    for (const files of [1, 2, 3]) {
      // It ends with the process; what else it may say is told where no object comes.
      let said = '';
      const run = millrace('archive', '--before', '2026-01-01').catch((error: { stderr?: string }) => {
        said = error.stderr ?? String(error);
      });
      // An object is there, and the stubs that name it are about to be.
      await eventually(async () => assert.ok(objects() >= files, `${objects()} objects; ${said}`), 60_000);
      await server.kill();
      await run;
      await server.restart();
    }
    const left = await millrace('archive', '--before', '2026-01-01');
    assert.ok(left.messages > 0, 'it was killed before it was done');
    assert.equal((await millrace('archive', '--before', '2026-01-01')).messages, 0);
    assert.deepEqual(await wholeChannel(reader, channel), wanted);
  });

  it('is written to as before: an edit, a reaction, a reply and a deletion of what is archived', async () => {
    await reader.put(`/v1/channels/${channel}/members/reader`);
    const { body } = await reader.get(`/v1/channels/${channel}/messages?limit=3&after=0`);
    const [first, second] = body.messages;
    const at = (id: string) => `/v1/channels/${channel}/messages/${id}`;
    const reacted = await reader.put(`${at(first!.message_id)}/reactions/tada`);
    assert.deepEqual([reacted.status, reacted.body.message.text], [200, first!.text]);
    const reply = await reader.say(channel, 'years later', { thread_id: first!.message_id });
    assert.equal((await reader.delete(at(second!.message_id))).status, 200);
    const thread = await reader.get(`${at(first!.message_id)}/thread?limit=200`);
    assert.equal(thread.body.messages.at(-1)!.message_id, reply.message_id);
    assert.equal(thread.body.messages[0]!.reply_count, first!.reply_count + 1);
    const again = (await reader.get(`/v1/channels/${channel}/messages?limit=3&after=0`)).body.messages;
    assert.deepEqual([again[0]!.text, again[1]!.text, again[1]!.deleted], [first!.text, '', true]);
  });

  it('is found by search and exported whole', async () => {
    const { body } = await reader.get('/v1/search?q=racket&limit=1');
    assert.ok(body.total > 100);
    assert.match(body.hits[0]!.message.text, /racket/i);
    const out = `${server.folder}/out.zip`;
    assert.equal((await millrace('export', out, '--workspace', 'racket')).messages, 16_466);
  });
});

describe('an archive on S3', () => {
  it('is filled by a command, and read from there by a process that was started since', async () => {
    const directory = await mkdtemp(`${tmpdir()}/millrace-s3-`);
    const s3 = await startS3Server(directory, 'cold');
    const server = await Server.start({
      MILLRACE_OBJECTS: 's3',
      MILLRACE_S3_BUCKET: 'cold',
      MILLRACE_S3_ENDPOINT: s3.endpoint,
      MILLRACE_S3_PATH_STYLE: 'on',
      MILLRACE_S3_ACCESS_KEY_ID: credentials.accessKeyId,
      MILLRACE_S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    });
    const ann = await workspace(server).person('ann', 'admin');
    const general = await ann.makes('public', 'general');
    const root = await ann.say(general, 'said long ago');
    await ann.say(general, 'and answered', { thread_id: root.message_id });
    const wanted = await wholeChannel(ann, general);
    const env = { ...process.env, MILLRACE_DATA_DIR: server.folder };
    const args = ['cli/bin.mjs', 'archive', '--before', '2100-01-01', '--json'];
    assert.deepEqual(JSON.parse((await run(process.execPath, args, { env })).stdout), {
      messages: 2,
      objects: 1,
      scanned: 2,
    });
    await server.terminate();
    await server.restart();
    assert.deepEqual(await wholeChannel(ann, general), wanted);
    await s3.close();
    await server.terminate();
    await server.restart();
    const { status, body } = await ann.get(`/v1/channels/${general}/messages`);
    assert.deepEqual([status, body.code], [503, 'unavailable'], 'without its objects it says so');
    await server.stop();
    await rm(directory, { recursive: true });
  });
});
