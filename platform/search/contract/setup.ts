import type { ErrorCode } from '../../errors/catalogue.ts';
import { MillraceError } from '../../errors/error.ts';
import type { SearchDocument, SearchIndex, SearchQuery } from '../port.ts';
import { parseQuery } from '../query.ts';

export interface OpenSearch {
  index: SearchIndex;
  close(): Promise<void>;
}

export type Open = () => Promise<OpenSearch>;

export function document(message_id: string, text: string, rest: Partial<SearchDocument> = {}): SearchDocument {
  return {
    workspace_id: 'w',
    channel_id: 'C1',
    message_id,
    rev: 1,
    user_id: 'ann',
    text,
    created_at: 1_000,
    deleted: false,
    ...rest,
  };
}

/** The query of a search field's text, over channel C1 unless said otherwise. */
export function query(text: string, rest: Partial<SearchQuery> = {}): SearchQuery {
  return { workspace_id: 'w', channel_ids: ['C1'], terms: parseQuery(text).terms, sort: 'newest', limit: 50, ...rest };
}

export async function found(index: SearchIndex, text: string, rest: Partial<SearchQuery> = {}): Promise<string[]> {
  return (await index.search(query(text, rest))).hits.map((hit) => hit.message_id).sort();
}

export const refused =
  (code: ErrorCode, text: RegExp = /./) =>
  (error: unknown): boolean =>
    error instanceof MillraceError && error.code === code && text.test(error.detail);
