import { idsOf } from './document-id.ts';

/** Numbers of documents from the first to the last, both included. */
export type Range = [first: number, last: number];

/** The documents of these channels; channels whose numbers follow one another share a range. `channels` ascend. */
export function runsOf(channels: number[]): Range[] {
  const runs: Range[] = [];
  for (const channel of channels) {
    const { first, last } = idsOf(channel);
    const run = runs.at(-1);
    if (run && run[1] + 1 === first) run[1] = last;
    else runs.push([first, last]);
  }
  return runs;
}
