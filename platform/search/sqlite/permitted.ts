import type { Sqlite } from '../../worker/sqlite.ts';
import type { SearchQuery } from '../port.ts';
import { idsOf } from './document-id.ts';

/** The channels that a search may look into. */
export interface Permitted {
  /** Their numbers, as a JSON list. */
  channels: string;
  documents: number;
  words: number;
  /** Bounds of their documents' numbers; both included. */
  first: number;
  last: number;
}

export function permittedOf(database: Sqlite, query: SearchQuery): Permitted {
  const ids = JSON.stringify([...new Set(query.channel_ids)]);
  const [row] = database.all<Omit<Permitted, 'first' | 'last'> & { lowest: number; highest: number }>(
    `SELECT json_group_array(c.num) AS channels, coalesce(sum(c.documents), 0) AS documents, coalesce(sum(c.words), 0) AS words,
       coalesce(min(c.num), 0) AS lowest, coalesce(max(c.num), 0) AS highest
     FROM json_each(?) j CROSS JOIN channels c ON c.workspace = ? AND c.channel = j.value`,
    [ids, query.workspace_id],
  );
  const { lowest, highest, ...counts } = row!;
  return { ...counts, first: idsOf(lowest).first, last: idsOf(highest).last };
}
