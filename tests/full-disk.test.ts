import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, describe, it } from 'node:test';
import { secret } from './support/server.ts';

const disk = mkdtempSync(`${tmpdir()}/millrace-disk-`);
/** Only root may mount. */
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]).status === 0;
if (!mounted) rmSync(disk, { recursive: true });

describe('a start on a disk that takes no more', {
  skip: mounted ? false : 'a file system can not be mounted here',
}, () => {
  after(() => {
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });

  function start(): { status: number | null; error: string; detail: string } {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('MILLRACE_'));
    const env = { ...Object.fromEntries(inherited), MILLRACE_DATA_DIR: `${disk}/data`, MILLRACE_JWT_SECRET: secret };
    const ended = spawnSync(process.execPath, ['cli/bin.mjs', 'dev', '--json'], {
      ...{ encoding: 'utf8', timeout: 60_000 },
      env: { ...env, PORT: '0' },
    });
    const lines = ended.stderr.trim().split('\n');
    assert.equal(lines.length, 1, ended.stderr);
    return { status: ended.status, ...(JSON.parse(lines[0]!) as { error: string; detail: string }) };
  }

  it('names the folder, how much is left, and the way out', () => {
    const { status, error, detail } = start();
    assert.deepEqual([status, error], [12, 'data_folder_not_writable']);
    assert.ok(detail.startsWith(`${disk}/data can't be written (its disk has 1 MiB left, and 64 are needed)`), detail);
    assert.match(detail, /set MILLRACE_DATA_DIR/);
  });

  it('is not taken for another process that uses the folder, where not a byte is left', () => {
    mkdirSync(`${disk}/data`, { recursive: true });
    spawnSync('dd', ['if=/dev/zero', `of=${disk}/fill`, 'bs=64k', 'count=100']);
    const { status, error, detail } = start();
    assert.deepEqual([status, error], [12, 'data_folder_not_writable']);
    assert.ok(detail.startsWith(`${disk}/data can't be written (`), detail);
  });

  it('that may only be read says so', () => {
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const { status, error, detail } = start();
    assert.deepEqual([status, error], [12, 'data_folder_not_writable']);
    assert.match(detail, /EROFS/);
  });
});
