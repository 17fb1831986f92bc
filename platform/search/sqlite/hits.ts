import type { SearchQuery } from '../port.ts';
import { channelOf } from './document-id.ts';
import { matchOfAll, matchOfExcluded } from './match.ts';
import type { Permitted } from './permitted.ts';
import { byTest, type Scope } from './scope.ts';

export type Bind = (value: unknown) => string;

export interface Statement {
  sql: string;
  values: unknown[];
}

export function built(sql: (bind: Bind) => string): Statement {
  const values: unknown[] = [];
  return { sql: sql((value) => `?${values.push(value)}`), values };
}

/** In SQL, what follows SELECT: the hits within a scope, by the words' places, or of all documents where no word is asked for. */
export function hits(
  query: SearchQuery,
  permitted: Permitted,
  scope: Scope,
  documents: 'read' | 'unread',
  bind: Bind,
): string {
  const match = matchOfAll(query.terms);
  if (match !== null) {
    // A deleted document holds no words.
    const { from, where } = placesOf(match, scope, bind);
    if (documents === 'unread' && !readsDocuments(query) && scope.times === null) return `FROM ${from} WHERE ${where}`;
    // CROSS: SQLite keeps the tables in this order.
    const all = [where, ...within(scope, bind), ...filters(query, bind)].join(' AND ');
    return `FROM ${from} CROSS JOIN documents d ON d.id = f.rowid WHERE ${all}`;
  }
  const all = [`d.channel IN (SELECT value FROM json_each(${bind(JSON.stringify(permitted.channels))}))`];
  all.push('d.deleted = 0', ...within(scope, bind));
  const none = matchOfExcluded(query.terms);
  if (none !== null) all.push(`d.id NOT IN (SELECT f.rowid ${places(none, byTest(permitted), bind)})`);
  return `FROM documents d WHERE ${[...all, ...filters(query, bind)].join(' AND ')}`;
}

/** In SQL, what follows SELECT: the places of a match, whatever a document says besides. */
export function places(match: string, scope: Scope, bind: Bind): string {
  const { from, where } = placesOf(match, scope, bind);
  return `FROM ${from} WHERE ${where}`;
}

function placesOf(match: string, { ranges, tested, times }: Scope, bind: Bind): { from: string; where: string } {
  // LIMIT: else SQLite would merge the list into the join, and read JSON for each hit.
  const list = `SELECT value ->> 0 AS first, value ->> 1 AS last FROM json_each(${bind(JSON.stringify(ranges))}) LIMIT -1`;
  const from = `(${list}) r CROSS JOIN words f`;
  const where = `f.words MATCH ${bind(match)} AND f.rowid BETWEEN r.first AND r.last`;
  if (tested === null) return { from, where };
  const channels = `json_each(${bind(JSON.stringify(tested))}) c`;
  if (times === null)
    return { from, where: `${where} AND ${channelOf('f.rowid')} IN (SELECT c.value FROM ${channels})` };
  const created = `t.created_at BETWEEN ${bind(times.since)} AND ${bind(times.until)}`;
  const listed = `SELECT t.id FROM ${channels} CROSS JOIN documents t WHERE t.channel = c.value AND ${created}`;
  // Plus: else FTS5 would be asked for each of them by itself.
  return { from, where: `${where} AND +f.rowid IN (${listed})` };
}

/** Whether the hits are the documents that hold one word, or one prefix. */
export function isOneWord(query: SearchQuery): boolean {
  const [only, ...more] = query.terms;
  return only !== undefined && more.length === 0 && only.kind !== 'phrase' && !only.excluded && !readsDocuments(query);
}

function readsDocuments({ from, before, after, has_link }: SearchQuery): boolean {
  return from !== undefined || before !== undefined || after !== undefined || has_link === true;
}

function within({ times }: Scope, bind: Bind): string[] {
  return times === null ? [] : [`d.created_at BETWEEN ${bind(times.since)} AND ${bind(times.until)}`];
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
