import type { Sqlite } from '../../worker/sqlite.ts';
import type { Position } from '../cursor.ts';
import type { SearchQuery } from '../port.ts';
import type { Place } from './cursor.ts';
import type { Permitted } from './permitted.ts';
import type { Scope } from './scope.ts';
import type { Ranking } from './score.ts';
import { type BoundedRow, boundedStatement, pageStatement, type Row } from './select.ts';
import { createdWithin, latest, sinceNewest } from './window.ts';

/** What a page is looked for with. */
export interface Search {
  database: Sqlite;
  query: SearchQuery;
  permitted: Permitted;
  /** All permitted documents. */
  whole: Scope;
  /** How many hits there are. */
  total: number;
  bound: Bound;
}

/** Of more hits than `all`, only the newest `newest` are ranked. Not more of these than of those. */
export interface Bound {
  all: number;
  newest: number;
}

export interface Found {
  channel: string;
  message: string;
  score: number;
  /** To go on behind it. */
  place: Place;
}

/** Fewer hits are all read: to find the newest ones without the others costs as much. */
const fewHits = 20_000;
/** How many times the hits that are wanted are looked for first: where they stand thin there are enough all the same. */
const spare = 4;
/** The same for the bound, which is large enough to be hit by an estimate. */
const spareOfBound = 1.15;

/** The hits behind `place` and one more than a page has, where there are so many. `ranking`: null for the newest first. */
export function nextPage(search: Search, ranking: Ranking | null, place: Place | undefined): Found[] {
  const most = search.query.limit + 1;
  if (ranking === null) return newest(search, place?.at, most);
  const { rows, oldest } = place ? ranked(search, ranking, place) : firstRanked(search, ranking);
  const found = rows.map(({ rank, message, channel }): Found => {
    const at = { rank, message, channel, corpus: ranking.corpus };
    return { channel, message, score: rank, place: { at, unranked: false, oldest } };
  });
  if (oldest !== null && found.length < most) found.push(...newest(search, oldest, most - found.length));
  return found;
}

function firstRanked(search: Search, ranking: Ranking): { rows: Row[]; oldest: Position | null } {
  const { database, query, permitted, whole, total, bound } = search;
  const most = query.limit + 1;
  if (ranking.scored.length === 0 || total <= bound.all) {
    const { sql, values } = pageStatement(query, permitted, whole, ranking, { most });
    return { rows: database.all<Row>(sql, values), oldest: null };
  }
  const rows = widening(search, latest, bound.newest * spareOfBound, (scope) => {
    const { sql, values } = boundedStatement(query, permitted, scope, ranking, { newest: bound.newest, most });
    const page = database.all<BoundedRow>(sql, values);
    return { page, enough: (page[0]?.ranked ?? 0) >= bound.newest };
  });
  const [first] = rows;
  if (!first) return { rows, oldest: null };
  const { created_at, oldest, oldest_channel } = first;
  return { rows, oldest: { rank: created_at, message: oldest, channel: oldest_channel, corpus: null } };
}

function ranked(search: Search, ranking: Ranking, { at, oldest }: Place): { rows: Row[]; oldest: Position | null } {
  const { database, query, permitted, whole, total } = search;
  const times = oldest && { since: oldest.rank, until: latest };
  const scope = times && total > fewHits ? createdWithin(database, permitted, times, search) : null;
  const bounds = { at, oldest: oldest ?? undefined, most: query.limit + 1 };
  const { sql, values } = pageStatement(query, permitted, scope ?? whole, ranking, bounds);
  return { rows: database.all<Row>(sql, values), oldest };
}

function newest(search: Search, at: Position | undefined, most: number): Found[] {
  const { database, query, permitted } = search;
  const until = Math.min(at?.rank ?? latest, query.before ?? latest);
  const rows = widening(search, until, most * spare, (scope) => {
    const { sql, values } = pageStatement(query, permitted, scope, null, { at, most });
    const page = database.all<Row>(sql, values);
    return { page, enough: page.length >= most };
  });
  return rows.map(({ rank, message, channel }) => {
    const place = { at: { rank, message, channel, corpus: null }, unranked: query.sort === 'relevance', oldest: null };
    return { channel, message, score: 0, place };
  });
}

/** Looks among the newest documents first, among more of them until there is enough, then among all. `hits`: to expect there. */
function widening<One>(
  search: Search,
  until: number,
  hits: number,
  look: (scope: Scope) => { page: One[]; enough: boolean },
): One[] {
  const { database, permitted, whole, total } = search;
  if (total > fewHits) {
    let documents = Math.ceil((hits * permitted.documents) / total);
    for (; documents < permitted.documents / 2; documents *= 8) {
      const since = sinceNewest(database, permitted, documents, until);
      if (since === null) break;
      const { page, enough } = look(createdWithin(database, permitted, { since, until }, search));
      if (enough) return page;
    }
  }
  return look(whole).page;
}
