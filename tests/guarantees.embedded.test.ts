import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { smallPlans } from './support/crashing.ts';
import type { Kill } from './support/embedded-life.ts';
import { makeWorkload } from './support/workload.ts';

const program = fileURLToPath(new URL('./support/embedded-life.ts', import.meta.url));

interface Life {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

describe('the embedded engine under SIGKILL (docs/guarantees.md)', async () => {
  const folder = mkdtempSync(`${tmpdir()}/millrace-killed-`);
  after(() => rmSync(folder, { recursive: true }));
  writeFileSync(`${folder}/workload.json`, JSON.stringify(await makeWorkload(await smallPlans(), 150)));

  function life(data: string, kill?: Kill): Promise<Life> {
    const args = ['--import', 'tsx', program, `${folder}/${data}`, `${folder}/workload.json`];
    const child = spawn(process.execPath, kill ? [...args, JSON.stringify(kill)] : args);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, out, err })));
  }

  let uninterrupted: unknown;
  it('uninterrupted, all is taken', async () => {
    const { code, out, err } = await life('calm');
    assert.equal(code, 0, err);
    uninterrupted = JSON.parse(out);
    assert.ok((uninterrupted as { events: string[] }).events.length > 10);
  });

  const chains: Kill[][] = [
    [
      { at: 'commit-flushing', number: 1 },
      { at: 'before-commit', number: 2 },
      { at: 'after-index', number: 1 },
      { at: 'after-commit', number: 1 },
      { at: 'commit-called', number: 3 },
      { at: 'commit-flushing', number: 2 },
    ],
    [
      { at: 'after-commit', number: 4 },
      { at: 'commit-flushing', number: 3 },
      { at: 'after-index', number: 2 },
    ],
  ];
  for (const [i, kills] of chains.entries()) {
    it(`killed ${kills.map(({ at, number }) => `at ${at} ${number}`).join(', ')}: the same can be read`, async () => {
      for (const kill of kills) {
        const { signal, err } = await life(`killed-${i}`, kill);
        assert.equal(signal, 'SIGKILL', `it did not come to ${kill.at} ${kill.number}: ${err}`);
      }
      const { code, out, err } = await life(`killed-${i}`);
      assert.equal(code, 0, err);
      assert.deepEqual(JSON.parse(out), uninterrupted);
    });
  }
});
