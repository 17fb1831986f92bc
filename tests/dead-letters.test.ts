import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { adminCall } from '../cli/admin-client.ts';
import type { Status } from '../cli/status/fetch.ts';
import type { LetterSummary } from '../server/dead-letters/view.ts';
import { letterOf, scratchWith } from './support/dead-letters.ts';
import { eventually } from './support/eventually.ts';
import { Server } from './support/server.ts';

/** The whole way: a letter is sent back by the command line, and its topology takes it. */
describe('dead letters, by hand', () => {
  let server: Server;
  before(async () => {
    const broken = { offset: 4, value: Buffer.from('00ffffffff', 'hex'), code: 'schema_unknown', key: 'demo\0@bob' };
    server = await Server.start({}, (folder) =>
      scratchWith(folder, [letterOf({ offset: 1 }), letterOf({ offset: 3 }), letterOf(broken)]),
    );
  });
  after(() => server.stop());

  const millrace = (args: string[], env: { [name: string]: string } = {}) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const inherited = { ...process.env, MILLRACE_DATA_DIR: server.folder, ...env };
      execFile(process.execPath, ['cli/bin.mjs', 'dlq', ...args], { env: inherited }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
      );
    });
  const list = async (...args: string[]): Promise<LetterSummary[]> => {
    const { stdout } = await millrace(['list', '--json', ...args]);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as LetterSummary);
  };
  const taken = async (): Promise<number> => {
    for await (const status of adminCall(server.folder, 'GET', '/status')) {
      const { nodes } = (status as Status).topologies.find(({ topology }) => topology === 'read-markers')!;
      return nodes['moved']!.records;
    }
    return -1;
  };

  it('one that would overtake another stays', async () => {
    assert.deepEqual(
      (await list()).map(({ id }) => id),
      [0, 1, 2],
    );
    const { code, stderr } = await millrace(['redrive', '1']);
    assert.equal(code, 6);
    assert.match(stderr, /would overtake 0/);
    assert.equal(await taken(), 0);
  });

  it('all of a key go, and are taken', async () => {
    const { code, stdout } = await millrace(['redrive', '--key', 'demo/@alice', '--json']);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { redriven: [0, 1] });
    await eventually(async () => assert.equal(await taken(), 2), 20_000);
    assert.deepEqual(
      (await list()).map(({ id }) => id),
      [2],
    );
    await millrace(['redrive', '0', '1']);
    assert.equal(await taken(), 2);
  });

  it('one that nobody can read is mended in an editor', async () => {
    const editor = `${server.folder}/editor.sh`;
    const marker = '{"epoch":0,"last_read_seq":1,"last_read_rev":1}';
    const value = `{"workspace_id":"demo","user_id":"bob","channel_id":"general","marker":${marker},"reply_to":null}`;
    writeFileSync(editor, `#!/bin/sh\necho '${value}' > "$1"\n`);
    chmodSync(editor, 0o700);
    const refused = await millrace(['redrive', '2']);
    assert.equal(refused.code, 6);
    assert.match(refused.stderr, /can't be read/);
    const untouched = await millrace(['edit', '2'], { EDITOR: 'true', VISUAL: '' });
    assert.match(untouched.stderr, /left as it was/);
    const wrong = await millrace(['edit', '2', '--set', '{"user_id":5}']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /value\.user_id: 5 does not fit/);
    const { code, stdout, stderr } = await millrace(['edit', '2'], { EDITOR: editor, VISUAL: '' });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Letter 2 edited and sent back/);
    await eventually(async () => assert.equal(await taken(), 3), 20_000);
  });

  it('dropping needs a yes', async () => {
    const { code, stderr } = await millrace(['drop', '--all']);
    assert.equal(code, 2);
    assert.match(stderr, /--yes/);
    assert.equal((await millrace(['drop'])).code, 2);
  });
});
