import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after } from 'node:test';
import { root } from '../../config/folders.ts';
import type { Terminal } from '../command.ts';
import { main } from '../main.ts';

export const shipped = `${root}topologies`;

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A copy of the shipped files with changes to one of them, until the tests of the file end. */
export function changed(file: string, ...changes: [from: string, to: string][]): string {
  const folder = mkdtempSync(`${tmpdir()}/millrace-fixtures-`);
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

/** `millrace test`, in this process. */
export async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const lines = { out: [] as string[], err: [] as string[] };
  const terminal: Terminal = {
    out: (text) => void lines.out.push(text),
    err: (text) => void lines.err.push(text),
    live: false,
    screen: false,
    color: false,
    env: {},
  };
  const code = await main(['test', ...args], terminal);
  return { code, out: lines.out.join('\n'), err: lines.err.join('\n') };
}
