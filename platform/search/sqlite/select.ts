import type { Corpus, Position } from '../cursor.ts';
import type { SearchQuery } from '../port.ts';
import { b, k1, type Scored } from '../scored.ts';
import { channelOf } from './document-id.ts';
import { matchOf, matchOfAll, matchOfExcluded } from './match.ts';
import type { Permitted } from './permitted.ts';
import { countIn, markOf } from './repeats.ts';

type Bind = (value: unknown) => string;

export interface Statement {
  sql: string;
  values: unknown[];
}

/** Counts the permitted documents that hold a word, up to `most`; -1 for all. */
export function holdingStatement(scored: Scored, permitted: Permitted, most = -1): Statement {
  return built((bind) => {
    const rows = `FROM words f WHERE ${matching(matchOf(scored), permitted, bind)}`;
    return `SELECT count(*) AS n FROM (SELECT 1 ${rows} LIMIT ${bind(most)})`;
  });
}

/** Counts all hits. */
export function totalStatement(query: SearchQuery, permitted: Permitted): Statement {
  return built((bind) => `SELECT count(*) AS n ${hits(query, permitted, 'unread', bind)}`);
}

/**
 * A page of hits behind `at`, best first, and one more to tell whether there is more. `scored` and `corpus` are for
 * relevance alone.
 *
 * BM25 is reckoned here and not by FTS5's bm25(), for two reasons. That one counts words over the whole index, so that a
 * score would tell how often a word stands in channels one can't read; and its scores move with every new document, so
 * that a hit could come twice on two pages. Here only permitted documents count, and later pages use the first one's counts.
 */
export function pageStatement(
  query: SearchQuery,
  permitted: Permitted,
  ranking: { scored: Scored[]; corpus: Corpus } | null,
  at: Position | undefined,
): Statement {
  return built((bind) => {
    const rank = ranking === null ? 'd.created_at' : score(ranking.scored, ranking.corpus, bind);
    const order = (table: string) => `${table}.rank DESC, ${table}.message DESC, ${table}.num DESC`;
    const all = `SELECT d.message AS message, d.channel AS num, ${rank} AS rank ${hits(query, permitted, 'read', bind)}`;
    const behind = at === undefined ? '' : `WHERE ${isBehind(query.workspace_id, at, bind)}`;
    return `
      SELECT c.channel AS channel, p.message AS message, p.rank AS rank FROM (
        SELECT h.message, h.num, h.rank FROM (${all}) h ${behind} ORDER BY ${order('h')} LIMIT ${bind(query.limit + 1)}
      ) p JOIN channels c ON c.num = p.num ORDER BY ${order('p')}`;
  });
}

function built(sql: (bind: Bind) => string): Statement {
  const values: unknown[] = [];
  return { sql: sql((value) => `?${values.push(value)}`), values };
}

/** The parts are added in the words' order, so that a sum is the same to its last bit on every page. */
function score(scored: Scored[], corpus: Corpus, bind: Bind): string {
  if (scored.length === 0) return '0.0';
  const length = `${k1} * (${1 - b} + ${b} * d.words / ${bind(Math.max(1, corpus.length))})`;
  return scored.map((one, index) => wordScore(one, corpus.documents, corpus.holding[index]!, length, bind)).join(' + ');
}

/** BM25 of one word, with an idf that is never negative. A prefix counts once, however many words begin so. */
function wordScore(scored: Scored, documents: number, holding: number, length: string, bind: Bind): string {
  const idf = Math.log(1 + Math.max(0, documents - holding + 0.5) / (holding + 0.5));
  const n = scored.prefix ? '1' : countIn('d.repeats', bind(markOf(scored.word)));
  // n / (n + length), with n reckoned once.
  return `${bind(idf * (k1 + 1))} * (1.0 - ${length} / (${n} + ${length}))`;
}

/** All hits: by the words' places, or of all documents where no word is asked for. */
function hits(query: SearchQuery, permitted: Permitted, documents: 'read' | 'unread', bind: Bind): string {
  const match = matchOfAll(query.terms);
  if (match !== null) {
    // A deleted document holds no words.
    const all = [matching(match, permitted, bind), ...filters(query, bind)].join(' AND ');
    if (documents === 'unread' && !readsDocuments(query)) return `FROM words f WHERE ${all}`;
    // CROSS: SQLite keeps the tables in this order.
    return `FROM words f CROSS JOIN documents d ON d.id = f.rowid WHERE ${all}`;
  }
  const all = [`d.channel IN (SELECT value FROM json_each(${bind(permitted.channels)}))`, 'd.deleted = 0'];
  const none = matchOfExcluded(query.terms);
  if (none !== null) all.push(`d.id NOT IN (SELECT f.rowid FROM words f WHERE ${matching(none, permitted, bind)})`);
  return `FROM documents d WHERE ${[...all, ...filters(query, bind)].join(' AND ')}`;
}

/** The bounds are what FTS5 goes by; they must be integers to it, and a number of JavaScript is a float. */
function matching(match: string, permitted: Permitted, bind: Bind): string {
  const within = `f.rowid BETWEEN ${bind(BigInt(permitted.first))} AND ${bind(BigInt(permitted.last))}`;
  const inChannels = `${channelOf('f.rowid')} IN (SELECT value FROM json_each(${bind(permitted.channels)}))`;
  return `f.words MATCH ${bind(match)} AND ${within} AND ${inChannels}`;
}

/** Whether the hits are the documents that hold one word, or one prefix. */
export function isOneWord(query: SearchQuery): boolean {
  const [only, ...more] = query.terms;
  return only !== undefined && more.length === 0 && only.kind !== 'phrase' && !only.excluded && !readsDocuments(query);
}

function readsDocuments({ from, before, after, has_link }: SearchQuery): boolean {
  return from !== undefined || before !== undefined || after !== undefined || has_link === true;
}

function filters(query: SearchQuery, bind: Bind): string[] {
  const all: string[] = [];
  if (query.from !== undefined)
    all.push(`d.user IN (SELECT value FROM json_each(${bind(JSON.stringify(query.from))}))`);
  if (query.before !== undefined) all.push(`d.created_at < ${bind(query.before)}`);
  if (query.after !== undefined) all.push(`d.created_at > ${bind(query.after)}`);
  if (query.has_link) all.push('d.has_link = 1');
  return all;
}

function isBehind(workspaceId: string, at: Position, bind: Bind): string {
  const rank = bind(at.rank);
  const message = bind(at.message);
  const num = `(SELECT num FROM channels WHERE workspace = ${bind(workspaceId)} AND channel = ${bind(at.channel)})`;
  return `(h.rank, h.message, h.num) < (${rank}, ${message}, ${num})`;
}
