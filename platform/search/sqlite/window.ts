import type { Sqlite } from '../../worker/sqlite.ts';
import { idsOf } from './document-id.ts';
import type { Permitted } from './permitted.ts';
import type { Range } from './ranges.ts';
import { byTest, hitsPerListed, hitsPerWalk, type Scope, type Times } from './scope.ts';

/** So many documents are looked at to tell how the times of all are spread; 3 to 5 ms. */
const samples = 512;

/** No date is later. */
export const latest = 8.64e15;

/**
 * The time since when about `wanted` permitted documents were created, `until` included; null for all. Only what it costs to
 * search depends on how near that is. Error of the estimate: that of a sample, so of a few of its steps.
 */
export function sinceNewest(database: Sqlite, permitted: Permitted, wanted: number, until: number): number | null {
  const step = Math.max(1, permitted.documents / samples);
  const times = sampleTimes(database, permitted, step).filter((time) => time <= until);
  const rough = times[Math.ceil(wanted / step) + 2];
  if (rough === undefined) return null;
  // A few steps are far more than a page: then the documents since are few enough to be counted out.
  return wanted < 4 * step ? (nth(database, permitted, { since: rough, until }, wanted) ?? rough) : rough;
}

/** created_at of every `step`th document, in the order of channels; the latest first. */
function sampleTimes(database: Sqlite, { channels, sizes }: Permitted, step: number): number[] {
  const places: [first: number, last: number, part: number][] = [];
  let passed = 0;
  let next = step / 2;
  for (const [n, channel] of channels.entries()) {
    const size = sizes[n]!;
    const { first, last } = idsOf(channel);
    for (; next < passed + size; next += step) places.push([first, last, (next - passed) / size]);
    passed += size;
  }
  const [row] = database.all<{ times: string }>(
    `SELECT json_group_array(time) AS times FROM (
       SELECT (
         SELECT d.created_at FROM documents d WHERE d.id >= s.low + CAST(s.part * (s.high - s.low) AS INTEGER) ORDER BY d.id LIMIT 1
       ) AS time
       FROM (
         SELECT p.value ->> 2 AS part,
           (SELECT min(id) FROM documents WHERE id BETWEEN p.value ->> 0 AND p.value ->> 1) AS low,
           (SELECT max(id) FROM documents WHERE id BETWEEN p.value ->> 0 AND p.value ->> 1) AS high
         FROM json_each(?) p LIMIT -1
       ) s
     ) WHERE time IS NOT NULL`,
    [JSON.stringify(places)],
  );
  return (JSON.parse(row!.times) as number[]).sort((x, y) => y - x);
}

function nth(database: Sqlite, { channels }: Permitted, { since, until }: Times, n: number): number | undefined {
  const [row] = database.all<{ time: number }>(
    `SELECT d.created_at AS time FROM json_each(?) c CROSS JOIN documents d
     WHERE d.channel = c.value AND d.created_at BETWEEN ? AND ? ORDER BY 1 DESC LIMIT 1 OFFSET ?`,
    [JSON.stringify(channels), since, until, n - 1],
  );
  return row?.time;
}

/**
 * The permitted documents that were created between two times, both included: of each channel those from the first to the
 * last of them. Where to go to them would cost more than to pass all `total` hits, those of all times are passed: either it is
 * looked up in a list of the wanted ones, or its document is read.
 */
export function createdWithin(
  database: Sqlite,
  permitted: Permitted,
  times: Times,
  { whole, total }: { whole: Scope; total: number },
): Scope {
  const [row] = database.all<{ places: string }>(
    `SELECT json_group_array(json(place)) AS places FROM (
       SELECT (
         SELECT json_array(c.key, min(d.id), max(d.id), count(*)) FROM documents d
         WHERE d.channel = c.value AND d.created_at BETWEEN ? AND ? HAVING min(d.id) IS NOT NULL
       ) AS place FROM json_each(?) c
     ) WHERE place IS NOT NULL`,
    [times.since, times.until, JSON.stringify(permitted.channels)],
  );
  const found = JSON.parse(row!.places) as Place[];
  const ranges = joined(found, permitted, times.until, total / Math.max(1, permitted.documents));
  if (ranges.length * hitsPerWalk <= total) return { ranges, tested: null, times };
  const documents = found.reduce((sum, [, , , count]) => sum + count, 0);
  return documents * hitsPerListed < total ? { ...byTest(permitted), times } : { ...whole, times };
}

/** The first and the last document of a channel, and how many there are; `at` is its index among the permitted ones. */
type Place = [at: number, first: number, last: number, count: number];

/** One range for channels in a row where it costs less to pass the hits between than to go to the next. `share`: of documents that are hits. */
function joined(places: Place[], { channels, sizes }: Permitted, until: number, share: number): Range[] {
  const ranges: Range[] = [];
  let before: number | undefined;
  for (const [at, first, last] of places) {
    const range = ranges.at(-1);
    let between = Number.POSITIVE_INFINITY;
    if (before !== undefined && at - before === channels[at]! - channels[before]!) {
      between = Math.min(sizes[at]!, first - idsOf(channels[at]!).first);
      if (until < latest) between += sizes[before]!;
      for (let n = before + 1; n < at; n++) between += sizes[n]!;
    }
    if (range && between * share < hitsPerWalk) range[1] = last;
    else ranges.push([first, last]);
    before = at;
  }
  return ranges;
}
