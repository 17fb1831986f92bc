import { setTimeout as sleep } from 'node:timers/promises';
import { MillraceError } from '../../platform/errors/error.ts';
import type { Terminal } from '../command.ts';
import { fetchStatus } from '../status/fetch.ts';
import { nodeRows, sorted, type sortings } from '../status/rows.ts';
import { frame } from './frame.ts';
import { Screen } from './screen.ts';

const every_ms = 1000;

export interface TopOptions {
  sort: keyof typeof sortings;
  once?: boolean;
  json?: boolean;
}

/** Shows all nodes again and again: on a terminal in place, elsewhere one after the other. */
export async function runTop({ sort, once, json }: TopOptions, terminal: Terminal): Promise<void> {
  const plain = async (): Promise<void> => {
    const status = await fetchStatus(terminal);
    const text = json
      ? JSON.stringify({ at: Date.now(), nodes: sorted(nodeRows(status), sort) })
      : frame(status, { sort, color: terminal.color }).join('\n');
    terminal.out(text);
  };
  await plainOrScreen();

  async function plainOrScreen(): Promise<void> {
    if (once) return plain();
    if (!terminal.screen || json) {
      for (;;) {
        await plain();
        await sleep(every_ms);
      }
    }
    // Before the screen changes: where nothing runs, the error belongs on the one the person is on.
    await fetchStatus(terminal);
    const screen = new Screen();
    try {
      while (!screen.signal.aborted) {
        screen.draw(await look(screen.rows));
        // The signal ends the sleep by an error; the loop's condition then ends the loop.
        await sleep(every_ms, undefined, { signal: screen.signal }).catch(() => undefined);
      }
    } finally {
      screen.close();
    }
  }

  async function look(rows: number): Promise<string[]> {
    try {
      const status = await fetchStatus(terminal);
      return [...frame(status, { sort, color: terminal.color, lines: rows - 2 }), '', 'q quits'];
    } catch (error) {
      // It may be starting again: wait for it.
      if (error instanceof MillraceError) return [`${error.detail}: waiting for it`, '', 'q quits'];
      throw error;
    }
  }
}
