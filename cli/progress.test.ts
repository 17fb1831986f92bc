import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Terminal } from './command.ts';
import { Progress } from './progress.ts';

it('says nothing of what is done within two seconds, and then a line each two, with rate and what is left', (t) => {
  t.mock.timers.enable({ apis: ['Date'] });
  const lines: string[] = [];
  const terminal = { live: false, err: (line: string) => void lines.push(line) } as unknown as Terminal;
  const short = new Progress(terminal, 'rows', 100);
  short.update(50);
  t.mock.timers.tick(1000);
  short.end(100);
  assert.deepEqual(lines, []);
  const long = new Progress(terminal, 'rows', 100);
  for (let done = 0; done < 6; done++) {
    t.mock.timers.tick(1000);
    long.update(10 * (done + 1));
  }
  long.end(100);
  assert.deepEqual(lines, [
    'rows: 20/100 (20 %), 10/s, 8 s left',
    'rows: 40/100 (40 %), 10/s, 6 s left',
    'rows: 60/100 (60 %), 10/s, 4 s left',
    'rows: 100/100 (100 %), 17/s, 6.0 s',
  ]);
});
