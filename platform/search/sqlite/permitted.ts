import type { Sqlite } from '../../worker/sqlite.ts';
import type { SearchQuery } from '../port.ts';
import { type Range, runsOf } from './ranges.ts';

/** The channels that a search may look into. */
export interface Permitted {
  /** Their numbers, ascending. */
  channels: number[];
  /** How many living documents each of them has, in the same order. */
  sizes: number[];
  /** The numbers of all their documents, and of no others. */
  runs: Range[];
  documents: number;
  words: number;
}

export function permittedOf(database: Sqlite, query: SearchQuery): Permitted {
  const ids = JSON.stringify([...new Set(query.channel_ids)]);
  // One row with lists in it: a row for each of thousands of channels would take longer to hand over than to find.
  const [row] = database.all<{ channels: string; sizes: string; words: number }>(
    `SELECT json_group_array(num) AS channels, json_group_array(documents) AS sizes, coalesce(sum(words), 0) AS words
     FROM (
       SELECT c.num, c.documents, c.words FROM json_each(?) j CROSS JOIN channels c ON c.workspace = ? AND c.channel = j.value
       ORDER BY c.num
     )`,
    [ids, query.workspace_id],
  );
  const channels = JSON.parse(row!.channels) as number[];
  const sizes = JSON.parse(row!.sizes) as number[];
  const documents = sizes.reduce((sum, size) => sum + size, 0);
  return { channels, sizes, runs: runsOf(channels), documents, words: row!.words };
}
