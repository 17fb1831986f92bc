import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fillSearch, fillStore } from './fill.ts';
import { startMillraceIn } from './servers.ts';
import { median, percentile, round } from './statistics.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const channels = 100;

/**
 * `millrace replay index --rate max` over a store, until the new index serves, beside the embedded index's own bulk rate: the
 * same documents, put in by a loop that does nothing else. In turn, round by round.
 */
export async function replay({ quick }: { quick: boolean }): Promise<object> {
  const found: object[] = [];
  for (const messages of quick ? [5000] : [20_000, 200_000]) {
    const rounds: { replay: number; bulk: number }[] = [];
    for (let i = 0; i < (quick ? 1 : 3); i++)
      rounds.push({ replay: messages / (await replayed(messages)), bulk: messages / (await inBulk(messages)) });
    const ratios = rounds.map((one) => one.replay / one.bulk);
    found.push({
      messages,
      replay_a_second: Math.round(median(rounds.map((one) => one.replay))),
      bulk_a_second: Math.round(median(rounds.map((one) => one.bulk))),
      ratio: round(median(ratios)),
      ratio_least: round(percentile(ratios, 0)),
      ratio_most: round(percentile(ratios, 100)),
    });
  }
  return { channels, text_bytes: 200, found };
}

async function replayed(messages: number): Promise<number> {
  const folder = await mkdtemp(`${tmpdir()}/millrace-bench-`);
  // Once, so that its folders are there; then with nobody looking.
  await (await startMillraceIn(folder)).stop();
  await fillStore(folder, messages, channels);
  const server = await startMillraceIn(folder);
  const began = performance.now();
  await promisify(execFile)(process.execPath, ['cli/bin.mjs', 'replay', 'index', '--rate', 'max', '--json'], {
    cwd: root,
    env: { ...process.env, MILLRACE_DATA_DIR: folder },
    maxBuffer: 2 ** 26,
  });
  const seconds = (performance.now() - began) / 1000;
  await server.stop();
  await rm(folder, { recursive: true });
  return seconds;
}

async function inBulk(messages: number): Promise<number> {
  const folder = await mkdtemp(`${tmpdir()}/millrace-bench-`);
  const began = performance.now();
  await fillSearch(folder, messages, channels);
  const seconds = (performance.now() - began) / 1000;
  await rm(folder, { recursive: true });
  return seconds;
}
