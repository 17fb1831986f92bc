import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

/** For tests: the topology files that come with Millrace. */
export const shipped = fileURLToPath(new URL('../../topologies', import.meta.url));

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A copy of the shipped files with changes to one of them, until the tests of the file end. */
export function changed(file: string, ...changes: [from: string, to: string][]): string {
  const folder = mkdtempSync(`${tmpdir()}/millrace-topologies-`);
  folders.push(folder);
  cpSync(shipped, folder, { recursive: true });
  let text = readFileSync(`${folder}/${file}`, 'utf8');
  for (const [from, to] of changes) {
    assert.ok(text.includes(from), `${file} holds ${from}`);
    text = text.replace(from, to);
  }
  writeFileSync(`${folder}/${file}`, text);
  return folder;
}
