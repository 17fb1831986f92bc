import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, describe, it } from 'node:test';
import { loadProcessors } from './registry.ts';

describe('a processor of one’s own', () => {
  const folder = mkdtempSync(`${tmpdir()}/millrace-own-`);
  after(() => rmSync(folder, { recursive: true }));
  mkdirSync(`${folder}/mine`);
  writeFileSync(`${folder}/package.json`, '{"type":"module"}');

  const whole = { doc: "''", inputs: '[]', outputs: '{}', options: '{}', create: '() => () => []' };
  const without = (field: string): string =>
    `export default { ${Object.entries(whole)
      .filter(([name]) => name !== field)
      .map(([name, value]) => `${name}: ${value}`)
      .join(', ')} };`;

  const refused: [what: string, code: string, reason: RegExp][] = [
    ['an empty file', '', /no default export: write `export default defineProcessor/],
    ['another export', 'export const flag = 1;', /no default export/],
    ['a number', 'export default 5;', /no processor: it must have inputs/],
    ...['inputs', 'outputs', 'options', 'create'].map((field): [string, string, RegExp] => [
      `none of ${field}`,
      without(field),
      new RegExp(`no processor: it must have ${field}`),
    ]),
    ['code that throws', 'throw new Error("boom");', /boom/],
  ];
  for (const [what, code, reason] of refused)
    it(`with ${what} is refused, and its folder named`, async () => {
      writeFileSync(`${folder}/mine/index.ts`, code);
      await assert.rejects(loadProcessors(folder), (error: Error & { code: string }) => {
        assert.equal(error.code, 'topology_invalid');
        assert.match(error.message, new RegExp(`${folder}/mine does not load: .*${reason.source}`));
        return true;
      });
    });

  it('is found by its folder’s name', async () => {
    writeFileSync(`${folder}/mine/index.ts`, without(''));
    assert.ok((await loadProcessors(folder)).has('mine'));
  });

  it('lies in a folder, not in a file', async () => {
    const file = `${folder}/mine/index.ts`;
    await assert.rejects(loadProcessors(file), {
      code: 'topology_invalid',
      message: /MILLRACE_PROCESSORS: there is no folder/,
    });
  });
});
