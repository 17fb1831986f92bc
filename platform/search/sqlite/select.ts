import type { SearchQuery } from '../port.ts';
import type { Corpus, Position } from './cursor.ts';
import { excluded, required, type Scored } from './match.ts';

export interface Permitted {
  /** Numbers of the channels, as a JSON list. */
  channels: string;
  documents: number;
  words: number;
}

export interface Statement {
  sql: string;
  values: unknown[];
}

/** BM25's usual constants. */
const k1 = 1.2;
const b = 0.75;

/**
 * One statement for a page: a first row with the count of all hits (as `rank`) and, as a JSON list in `channel`, how many
 * documents hold each scored word; then the page, one row more than asked for to tell whether there is more.
 *
 * BM25 is reckoned here and not by FTS5's bm25(), for two reasons. That one counts words over the whole index, so that a
 * score would tell how often a word stands in channels one can't read; and its scores move with every new document, so
 * that a hit could come twice on two pages. Here only permitted documents count, and later pages use the first one's counts.
 */
export function pageStatement(
  query: SearchQuery,
  permitted: Permitted,
  scored: Scored[],
  at: Position | undefined,
): Statement {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `?${values.push(value)}`;
  const inChannels = `d.channel IN (SELECT value FROM json_each(${bind(permitted.channels)}))`;

  const counted = query.sort === 'relevance' ? scored : [];
  const tables = counted.map((one, index) => occurrencesTable(index, one, inChannels, bind));
  const corpus = at?.corpus ?? undefined;
  const score =
    counted.length === 0 ? '0.0' : counted.map((_, index) => wordScore(index, permitted, corpus, bind)).join(' + ');
  const rank = query.sort === 'newest' ? 'd.created_at' : score;

  const match = required(query.terms);
  const source = match === null ? 'documents d' : 'words f CROSS JOIN documents d ON d.id = f.rowid';
  const joins = counted.map((_, index) => `LEFT JOIN t${index} ON t${index}.doc = d.id`).join(' ');
  const hits = `hits AS MATERIALIZED (
    SELECT d.message AS message, d.channel AS num, ${rank} AS rank FROM ${source} ${joins}
    WHERE ${conditions(query, match, inChannels, bind).join(' AND ')})`;

  const holding = counted.map((_, index) => `(SELECT count(*) FROM t${index})`).join(', ');
  const sql = `
    WITH ${[...tables, hits].join(', ')}
    SELECT json_array(${holding}) AS channel, NULL AS message, count(*) AS rank FROM hits
    UNION ALL SELECT * FROM (
      SELECT c.channel, h.message, h.rank FROM hits h JOIN channels c ON c.num = h.num
      ${at ? `WHERE ${behind(query.workspace_id, at, bind)}` : ''}
      ORDER BY h.rank DESC, h.message DESC, h.num DESC LIMIT ${bind(query.limit + 1)})`;
  return { sql, values };
}

/** The permitted documents that hold a word, and how often. */
function occurrencesTable(
  index: number,
  { word, prefix }: Scored,
  inChannels: string,
  bind: (value: unknown) => string,
): string {
  const term = prefix ? `v.term >= ${bind(word)} AND v.term < ${bind(`${word}\u{10FFFF}`)}` : `v.term = ${bind(word)}`;
  return `t${index} AS MATERIALIZED (
    SELECT v.doc AS doc, count(*) AS n FROM occurrences v CROSS JOIN documents d ON d.id = v.doc
    WHERE ${term} AND ${inChannels} GROUP BY v.doc)`;
}

/** BM25 of one word, with an idf that is never negative. */
function wordScore(
  index: number,
  permitted: Permitted,
  corpus: Corpus | undefined,
  bind: (value: unknown) => string,
): string {
  const documents = bind(corpus?.documents ?? permitted.documents);
  const length = bind(corpus?.length ?? meanLength(permitted));
  const holding = corpus ? bind(corpus.holding[index]) : `(SELECT count(*) FROM t${index})`;
  const idf = `ln(1.0 + (${documents} - ${holding} + 0.5) / (${holding} + 0.5))`;
  const often = `coalesce(t${index}.n, 0)`;
  return `${idf} * ${often} * ${k1 + 1} / (${often} + ${k1} * (${1 - b} + ${b} * d.words / ${length}))`;
}

export function meanLength(permitted: Permitted): number {
  return Math.max(1, permitted.words / Math.max(1, permitted.documents));
}

function conditions(
  query: SearchQuery,
  match: string | null,
  inChannels: string,
  bind: (value: unknown) => string,
): string[] {
  const all = [inChannels, 'd.deleted = 0'];
  if (match !== null) all.push(`f.words MATCH ${bind(match)}`);
  const none = excluded(query.terms);
  if (none !== null) all.push(`d.id NOT IN (SELECT rowid FROM words WHERE words MATCH ${bind(none)})`);
  if (query.from !== undefined)
    all.push(`d.user IN (SELECT value FROM json_each(${bind(JSON.stringify(query.from))}))`);
  if (query.before !== undefined) all.push(`d.created_at < ${bind(query.before)}`);
  if (query.after !== undefined) all.push(`d.created_at > ${bind(query.after)}`);
  if (query.has_link) all.push('d.has_link = 1');
  return all;
}

function behind(workspaceId: string, at: Position, bind: (value: unknown) => string): string {
  const rank = bind(at.rank);
  const message = bind(at.message);
  const num = `(SELECT num FROM channels WHERE workspace = ${bind(workspaceId)} AND channel = ${bind(at.channel)})`;
  return `(h.rank, h.message, h.num) < (${rank}, ${message}, ${num})`;
}
