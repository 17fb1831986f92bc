import { spawn } from 'node:child_process';
import { statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../config/folders.ts';
import type { Terminal } from '../command.ts';

const program = fileURLToPath(new URL('../bin.mjs', import.meta.url));
/** An editor writes a file in several steps. */
const quiet_ms = 100;

/**
 * Runs a command line again and again, each time what it reads has changed, until the process is ended. Each round is a
 * process of its own, so that it has the processors as they are then.
 */
export async function watchAndRun(args: string[], paths: string[], terminal: Terminal): Promise<never> {
  let changed: (name: string) => void = () => undefined;
  const own = paths.map((path) => (statSync(path).isDirectory() ? path : dirname(path)));
  const folders = new Set([...own, `${root}processors`, `${root}schemas`, `${root}runtime`]);
  for (const folder of folders) {
    watch(folder, { recursive: true }, (_event, name) => {
      if (name === null || /\.(yaml|ts|avsc)$/.test(name)) changed(name ?? folder);
    });
  }
  for (;;) {
    const next = new Promise<string>((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      changed = (name) => {
        clearTimeout(timer);
        timer = setTimeout(() => resolve(name), quiet_ms);
      };
    });
    await round(args, terminal);
    terminal.err('watching for changes; Ctrl-C ends');
    terminal.err(`${await next} changed`);
  }
}

function round(args: string[], terminal: Terminal): Promise<void> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: terminal.env });
  child.stdout.setEncoding('utf8').on('data', byLine(terminal.out));
  child.stderr.setEncoding('utf8').on('data', byLine(terminal.err));
  return new Promise((resolve, reject) => child.on('error', reject).on('close', () => resolve()));
}

/** Hands on whole lines; what ends without a line break never comes from this program. */
function byLine(write: (line: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop()!;
    for (const line of lines) write(line);
  };
}
