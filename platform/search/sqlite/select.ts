import type { Position } from '../cursor.ts';
import type { SearchQuery } from '../port.ts';
import { type Bind, built, hits, places, type Statement } from './hits.ts';
import type { Permitted } from './permitted.ts';
import type { Scope } from './scope.ts';
import { type Ranking, score } from './score.ts';

/** One hit of a page. */
export interface Row {
  channel: string;
  message: string;
  /** Score, or created_at in milliseconds since 1970 for the newest first. */
  rank: number;
}

/** A hit of a first page of bounded ranking, with what bounds it. */
export interface BoundedRow extends Row {
  /** How many hits were ranked. */
  ranked: number;
  /** The oldest of them. */
  created_at: number;
  oldest: string;
  oldest_channel: string;
}

/** Counts the documents within a scope that hold what `match` says (match.ts), up to `most`; -1 for all. */
export function countStatement(match: string, scope: Scope, most = -1): Statement {
  return built((bind) => {
    const found = places(match, scope, bind);
    if (most < 0) return `SELECT count(*) AS n ${found}`;
    return `SELECT count(*) AS n FROM (SELECT 1 ${found} LIMIT ${bind(most)})`;
  });
}

/** Counts all hits. */
export function totalStatement(query: SearchQuery, permitted: Permitted, scope: Scope): Statement {
  return built((bind) => `SELECT count(*) AS n ${hits(query, permitted, scope, 'unread', bind)}`);
}

/**
 * The next `most` hits within a scope behind `at`, best first; without a ranking the newest first. `oldest`: older ones than
 * this hit are left out.
 */
export function pageStatement(
  query: SearchQuery,
  permitted: Permitted,
  scope: Scope,
  ranking: Ranking | null,
  { at, oldest, most }: { at?: Position | undefined; oldest?: Position | undefined; most: number },
): Statement {
  return built((bind) => {
    const rank = ranking === null ? 'd.created_at' : score(ranking, 'd', bind);
    const found = hits(query, permitted, scope, 'read', bind);
    const notOlder = oldest ? ` AND ${inOrder('d.created_at, d.message, d.channel', '>=', query, oldest, bind)}` : '';
    const behind = at ? `WHERE ${inOrder('h.rank, h.message, h.num', '<', query, at, bind)}` : '';
    return `
      SELECT c.channel AS channel, p.message AS message, p.rank AS rank FROM (
        SELECT h.message, h.num, h.rank FROM (
          SELECT d.message AS message, d.channel AS num, ${rank} AS rank ${found}${notOlder}
        ) h ${behind} ORDER BY ${best('h')} LIMIT ${bind(most)}
      ) p JOIN channels c ON c.num = p.num ORDER BY ${best('p')}`;
  });
}

/** The best `most` of the `newest` hits within a scope. */
export function boundedStatement(
  query: SearchQuery,
  permitted: Permitted,
  scope: Scope,
  ranking: Ranking,
  { newest, most }: { newest: number; most: number },
): Statement {
  return built(
    (bind) => `
      WITH newest AS MATERIALIZED (
        SELECT d.created_at, d.message, d.channel AS num, d.words, d.repeats ${hits(query, permitted, scope, 'read', bind)}
        ORDER BY d.created_at DESC, d.message DESC, d.channel DESC LIMIT ${bind(newest)}
      )
      SELECT c.channel AS channel, p.message AS message, p.rank AS rank, (SELECT count(*) FROM newest) AS ranked,
        o.created_at AS created_at, o.message AS oldest, oc.channel AS oldest_channel
      FROM (SELECT * FROM newest ORDER BY created_at, message, num LIMIT 1) o
      CROSS JOIN (
        SELECT n.message, n.num, ${score(ranking, 'n', bind)} AS rank FROM newest n
        ORDER BY rank DESC, n.message DESC, n.num DESC LIMIT ${bind(most)}
      ) p JOIN channels c ON c.num = p.num JOIN channels oc ON oc.num = o.num ORDER BY ${best('p')}`,
  );
}

function best(table: string): string {
  return `${table}.rank DESC, ${table}.message DESC, ${table}.num DESC`;
}

/** Compares what a hit is ordered by with a position. */
function inOrder(columns: string, than: '<' | '>=', { workspace_id }: SearchQuery, at: Position, bind: Bind): string {
  const num = `(SELECT num FROM channels WHERE workspace = ${bind(workspace_id)} AND channel = ${bind(at.channel)})`;
  return `(${columns}) ${than} (${bind(at.rank)}, ${bind(at.message)}, ${num})`;
}
