import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** `npm run check`, so that whoever runs the tests has run it: types, lint, dependency rules, schemas and made files. */
describe('the house rules hold', () => {
  for (const check of ['types', 'lint', 'deps', 'schemas']) {
    it(`npm run check:${check}`, () => {
      const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', `check:${check}`], {
        cwd: root,
        encoding: 'utf8',
      });
      assert.equal(status, 0, `${stdout}${stderr}`);
    });
  }
});
