import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventually } from './support/eventually.ts';
import { workspace } from './support/person.ts';
import { Server } from './support/server.ts';

/** Words that lie in every store: the log, states, messages, the index and the directory. */
const words = { text: 'quetzalcoatlus', channel: 'pterodactyls', name: 'archaeopteryx' };

/** Files of a folder that hold one of the texts, in UTF-8 or UTF-16. */
function holding(folder: string, texts: string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const file = `${folder}/${name}`;
    if (!statSync(file).isFile()) return false;
    const bytes = readFileSync(file);
    return texts.some((text) => bytes.includes(text) || bytes.includes(Buffer.from(text, 'utf16le')));
  });
}

async function fill(server: Server): Promise<string> {
  const { id, person } = workspace(server);
  const alice = await person('alice', undefined, { name: words.name });
  const channel = await alice.makes('public', words.channel);
  await alice.say(channel, `a ${words.text} flies by`);
  await found(server, id);
  return id;
}

/** What `fill` left is there: in the index, the store and the directory. */
async function found(server: Server, id: string): Promise<void> {
  const alice = await workspace(server, id).person('alice');
  await eventually(async () => assert.equal((await alice.get(`/v1/search?q=${words.text}`)).body.total, 1));
  const { channels } = (await alice.get('/v1/channels')).body;
  assert.equal(channels[0]!.name, words.channel);
  const { messages } = (await alice.get(`/v1/channels/${channels[0]!.channel_id}/messages`)).body;
  assert.match(messages.at(-1)!.text, new RegExp(words.text));
}

function rekey(server: Server, env: { [name: string]: string }, to: string, ...args: string[]) {
  return spawnSync(process.execPath, ['cli/bin.mjs', 'rekey', to, ...args], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    timeout: 30_000,
    env: { PATH: process.env['PATH'], MILLRACE_DATA_DIR: server.folder, ...env },
  });
}

describe('a process with an encryption key', () => {
  it('writes nothing that people said or are called to disk as it is, and reads it again with that key alone', async () => {
    const key = randomBytes(32).toString('base64');
    const env: { [name: string]: string } = { MILLRACE_ENCRYPTION_KEY: key };
    const server = await Server.start(env);
    try {
      await fill(server);
      assert.deepEqual(holding(server.folder, [...Object.values(words), 'SQLite format', key]), []);
      await server.kill();
      assert.deepEqual(holding(server.folder, Object.values(words)), []);
      env['MILLRACE_ENCRYPTION_KEY'] = randomBytes(32).toString('hex');
      const wrong = /ended with 17 .*is encrypted with another key: set MILLRACE_ENCRYPTION_KEY/s;
      await assert.rejects(server.restart(), wrong);
      delete env['MILLRACE_ENCRYPTION_KEY'];
      await assert.rejects(server.restart(), /ended with 17 .*is encrypted: set MILLRACE_ENCRYPTION_KEY/s);
      env['MILLRACE_ENCRYPTION_KEY'] = Buffer.from(key, 'base64').toString('hex');
      await server.restart();
      await fill(server);
    } finally {
      await server.stop();
    }
  });

  it('has all of it under another key, or none, after rekey; the old key is then a wrong one', async () => {
    const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('hex')];
    const env: { [name: string]: string } = { MILLRACE_ENCRYPTION_KEY: first };
    const server = await Server.start(env);
    const folder = mkdtempSync(`${tmpdir()}/millrace-rekey-`);
    try {
      const id = await fill(server);
      const to = `${folder}/second`;
      writeFileSync(`${folder}/key`, `${second}\n`);
      assert.match(rekey(server, env, to, '--key-file', `${folder}/key`).stderr, /another Millrace process uses/);
      await server.terminate();
      assert.match(rekey(server, {}, to, '--key-file', `${folder}/key`).stderr, /is encrypted: set MILLRACE_ENC/);
      rmSync(to, { recursive: true, force: true });
      const done = rekey(server, env, to, '--key-file', `${folder}/key`);
      assert.equal(done.status, 0, done.stderr);
      assert.deepEqual(holding(to, [...Object.values(words), 'SQLite format']), []);
      env['MILLRACE_DATA_DIR'] = to;
      await assert.rejects(server.restart(), /ended with 17 /);
      env['MILLRACE_ENCRYPTION_KEY'] = second;
      await server.restart();
      await found(server, id);
      await server.terminate();
      const plain = rekey(server, env, `${folder}/plain`);
      assert.equal(plain.status, 0, plain.stderr);
      assert.ok(holding(`${folder}/plain`, [words.text]).length >= 2);
      delete env['MILLRACE_ENCRYPTION_KEY'];
      env['MILLRACE_DATA_DIR'] = `${folder}/plain`;
      await server.restart();
      await found(server, id);
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true });
    }
  });

  it('does not start on data that was begun without one', async () => {
    const env: { [name: string]: string } = {};
    const server = await Server.start(env);
    try {
      await fill(server);
      // The same look finds it where it is.
      assert.ok(holding(server.folder, [words.text]).length >= 2);
      assert.ok(holding(server.folder, [words.name]).includes('directory.sqlite-wal'));
      await server.terminate();
      env['MILLRACE_ENCRYPTION_KEY'] = randomBytes(32).toString('hex');
      await assert.rejects(server.restart(), /ended with 17 .*was begun without encryption/s);
    } finally {
      await server.stop();
    }
  });
});
