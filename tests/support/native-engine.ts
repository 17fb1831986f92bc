import { execFileSync } from 'node:child_process';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

/**
 * Brings an engine of ops/native/ up where it isn't, and gives what its script prints: NAME=value. It is stopped after the
 * file's tests, unless STACK_KEEP says that others use it too.
 */
export function nativeEngine(name: string): { [variable: string]: string } {
  const folder = fileURLToPath(new URL(`../../ops/native/${name}/`, import.meta.url));
  const output = execFileSync(`${folder}up.sh`, { encoding: 'utf8' });
  if (!process.env['STACK_KEEP']) after(() => void execFileSync(`${folder}down.sh`));
  return Object.fromEntries(
    [...output.matchAll(/([A-Z_]+)=(\S+)$/gm)].map(([, variable, value]) => [variable!, value!]),
  );
}
