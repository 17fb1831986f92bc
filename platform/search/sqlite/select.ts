import type { Corpus, Position } from '../cursor.ts';
import type { SearchQuery } from '../port.ts';
import { b, k1, type Scored, scoredSuffice } from '../scored.ts';
import { excluded, required } from './match.ts';

export interface Permitted {
  /** Numbers of the channels, as a JSON list. */
  channels: string;
  documents: number;
  words: number;
}

type Bind = (value: unknown) => string;

export interface Statement {
  sql: string;
  values: unknown[];
}

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
  const bind: Bind = (value) => `?${values.push(value)}`;
  const inChannels = `d.channel IN (SELECT value FROM json_each(${bind(permitted.channels)}))`;

  const ranked = query.sort === 'relevance' ? scored : [];
  const tables = ranked.map((one, index) => occurrencesTable(index, one, inChannels, bind));
  if (ranked.length > 0) tables.push(scoresTable(ranked.length, permitted, at?.corpus ?? undefined, bind));
  tables.push(hitsTable(query, ranked.length > 0, inChannels, bind));

  const holding = ranked.map((_, index) => `(SELECT count(*) FROM t${index})`).join(', ');
  const sql = `
    WITH ${tables.join(', ')}
    SELECT json_array(${holding}) AS channel, NULL AS message, count(*) AS rank FROM hits
    UNION ALL SELECT * FROM (
      SELECT c.channel, h.message, h.rank FROM hits h JOIN channels c ON c.num = h.num
      ${at ? `WHERE ${behind(query.workspace_id, at, bind)}` : ''}
      ORDER BY h.rank DESC, h.message DESC, h.num DESC LIMIT ${bind(query.limit + 1)})`;
  return { sql, values };
}

/** The permitted documents that hold a word, how often, and their length. */
function occurrencesTable(index: number, { word, prefix }: Scored, inChannels: string, bind: Bind): string {
  const term = prefix ? `v.term >= ${bind(word)} AND v.term < ${bind(`${word}\u{10FFFF}`)}` : `v.term = ${bind(word)}`;
  return `t${index} AS MATERIALIZED (
    SELECT v.doc AS doc, count(*) AS n, d.words AS words FROM occurrences v CROSS JOIN documents d ON d.id = v.doc
    WHERE ${term} AND ${inChannels} GROUP BY v.doc)`;
}

/**
 * The documents that hold all scored words, with their BM25. One grouping of all words' rows, for SQLite joins such
 * tables without an index (quadratic). The parts are added in the words' order, so that a sum is the same to its last bit.
 */
function scoresTable(words: number, permitted: Permitted, corpus: Corpus | undefined, bind: Bind): string {
  const indexes = Array.from({ length: words }, (_, index) => index);
  const parts = indexes.map((index) => {
    const part = wordScore(index, permitted, corpus, bind);
    return `SELECT doc, ${index} AS word, ${part} AS part FROM t${index}`;
  });
  const sum = indexes.map((index) => `max(CASE word WHEN ${index} THEN part END)`).join(' + ');
  return `scores AS MATERIALIZED (
    SELECT doc, ${sum} AS rank FROM (${parts.join(' UNION ALL ')}) GROUP BY doc HAVING count(*) = ${words})`;
}

/** BM25 of one word, with an idf that is never negative. */
function wordScore(index: number, permitted: Permitted, corpus: Corpus | undefined, bind: Bind): string {
  const documents = bind(corpus?.documents ?? permitted.documents);
  const length = bind(corpus?.length ?? meanLength(permitted));
  const holding = corpus ? bind(corpus.holding[index]) : `(SELECT count(*) FROM t${index})`;
  const idf = `ln(1.0 + max(0.0, ${documents} - ${holding} + 0.5) / (${holding} + 0.5))`;
  return `${idf} * n * ${k1 + 1} / (n + ${k1} * (${1 - b} + ${b} * words / ${length}))`;
}

/** All hits, from the ranked documents, from the words' places, or from all documents where no word is asked for. */
function hitsTable(query: SearchQuery, ranked: boolean, inChannels: string, bind: Bind): string {
  const all = conditions(query, inChannels, bind);
  const match = ranked && scoredSuffice(query.terms) ? null : required(query.terms);
  let source = 'documents d';
  if (ranked) {
    source = 'scores s CROSS JOIN documents d ON d.id = s.doc';
    if (match !== null) all.push(`d.id IN (SELECT rowid FROM words WHERE words MATCH ${bind(match)})`);
  } else if (match !== null) {
    source = 'words f CROSS JOIN documents d ON d.id = f.rowid';
    all.push(`f.words MATCH ${bind(match)}`);
  }
  const unranked = query.sort === 'newest' ? 'd.created_at' : '0.0';
  return `hits AS MATERIALIZED (
    SELECT d.message AS message, d.channel AS num, ${ranked ? 's.rank' : unranked} AS rank FROM ${source}
    WHERE ${all.join(' AND ')})`;
}

export function meanLength(permitted: Permitted): number {
  return Math.max(1, permitted.words / Math.max(1, permitted.documents));
}

function conditions(query: SearchQuery, inChannels: string, bind: Bind): string[] {
  const all = [inChannels, 'd.deleted = 0'];
  const none = excluded(query.terms);
  if (none !== null) all.push(`d.id NOT IN (SELECT rowid FROM words WHERE words MATCH ${bind(none)})`);
  if (query.from !== undefined)
    all.push(`d.user IN (SELECT value FROM json_each(${bind(JSON.stringify(query.from))}))`);
  if (query.before !== undefined) all.push(`d.created_at < ${bind(query.before)}`);
  if (query.after !== undefined) all.push(`d.created_at > ${bind(query.after)}`);
  if (query.has_link) all.push('d.has_link = 1');
  return all;
}

function behind(workspaceId: string, at: Position, bind: Bind): string {
  const rank = bind(at.rank);
  const message = bind(at.message);
  const num = `(SELECT num FROM channels WHERE workspace = ${bind(workspaceId)} AND channel = ${bind(at.channel)})`;
  return `(h.rank, h.message, h.num) < (${rank}, ${message}, ${num})`;
}
