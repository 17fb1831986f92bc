import type { Terminal } from '../command.ts';
import { main } from '../main.ts';

export { changed, shipped } from '../../runtime/topology/changed.ts';

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
