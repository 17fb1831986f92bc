import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { renderResult } from '../cli/test/report.ts';
import { loadProcessors } from '../runtime/registry.ts';
import { runTest } from '../runtime/testing/fixture/run.ts';
import { loadSuite, titleOf } from '../runtime/testing/fixture/suite.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const shipped = `${root}topologies`;
const suite = loadSuite([shipped], await loadProcessors());

describe('the tests beside the shipped topologies', () => {
  it('are valid', () => assert.deepEqual(suite.problems, []));
  for (const { fixture, plans } of suite.fixtures) {
    for (const test of fixture.tests) {
      it(titleOf({ topology: fixture.topology, name: test.name }), async () => {
        const result = await runTest(fixture, test, plans);
        assert.deepEqual(result.findings, [], renderResult(result, false));
      });
    }
  }
});

describe('docs/testing.md', () => {
  const page = readFileSync(`${root}docs/testing.md`, 'utf8');
  const example = (language: string): string => page.split(`\`\`\`${language}\n`)[1]!.split('```')[0]!;

  it('its fixture runs as it stands', async () => {
    const folder = mkdtempSync(`${tmpdir()}/millrace-fixtures-`);
    cpSync(shipped, folder, { recursive: true });
    writeFileSync(`${folder}/read-markers.test.yaml`, example('yaml'));
    const { fixtures, problems } = loadSuite([`${folder}/read-markers.test.yaml`], await loadProcessors());
    assert.deepEqual(problems, []);
    const { fixture, plans } = fixtures[0]!;
    const result = await runTest(fixture, fixture.tests[0]!, plans);
    assert.deepEqual(result.findings, []);
    rmSync(folder, { recursive: true });
  });

  it('its TypeScript runs, and prints what it says', () => {
    const folder = mkdtempSync(`${tmpdir()}/millrace-fixtures-`);
    writeFileSync(`${folder}/example.mts`, example('ts').replaceAll("'../runtime", `'${root}runtime`));
    const args = ['--import', 'tsx', `${folder}/example.mts`];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    assert.equal(stdout.trim(), example('ts').match(/\/\/ (.*)/)![1], stderr);
  });
});
