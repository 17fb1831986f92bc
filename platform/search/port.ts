/** What the index keeps of a message. Key: (workspace, channel, message). */
export interface SearchDocument {
  workspace_id: string;
  channel_id: string;
  message_id: string;
  /** External version: a document replaces one of a lower rev; an equal or lower one changes nothing. */
  rev: number;
  user_id: string;
  /** Empty for a deleted message. */
  text: string;
  /** Milliseconds since 1970. */
  created_at: number;
  /** A deleted message stays as a marker, so that a late write of an older rev can't bring it back; no search finds it. */
  deleted: boolean;
}

/** Which message a document is of. */
export interface DocumentKey {
  workspace_id: string;
  channel_id: string;
  message_id: string;
}

/** One condition on a message's words, already normalised by words.ts. */
export type Term =
  | { kind: 'word'; word: string; excluded: boolean }
  | { kind: 'prefix'; word: string; excluded: boolean }
  | { kind: 'phrase'; words: string[]; excluded: boolean };

export interface SearchQuery {
  workspace_id: string;
  /** Only messages in these channels are found: the caller has taken from the directory what the person may read. */
  channel_ids: string[];
  /** All must hold. May be empty where another filter is set. */
  terms: Term[];
  /** Any of these authors; undefined for all. */
  from?: string[] | undefined;
  /** Exclusive bounds on created_at, in milliseconds since 1970. */
  before?: number | undefined;
  after?: number | undefined;
  /** Only messages that hold an http(s) link. */
  has_link?: boolean | undefined;
  sort: 'relevance' | 'newest';
  /** 1 to 200. */
  limit: number;
  cursor?: string | undefined;
}

export interface SearchResult {
  /**
   * Best first; `score` is 0 when sorted by newest, else BM25 over the documents in the channels of the query: it depends on
   * nothing outside them. A prefix counts as one word that stands in the document once.
   *
   * Of more than 50,000 hits an adapter may rank the newest 5,000 alone, by created_at, message and channel; the older ones
   * follow behind the last of these, newest first, with a score of 0. `total` and paging are as exact as with fewer.
   */
  hits: { channel_id: string; message_id: string; score: number }[];
  /** Exact count of all matches. */
  total: number;
  /** Null at the end. Paging by it gives no hit twice, also while documents are added. */
  next_cursor: string | null;
  /** A likely spelling for a word that matched nothing. */
  suggestion?: string | undefined;
}

/** One filling of the index. Live writes go to all: else a rollback would lose what was written since the promotion. */
export interface Generation {
  id: string;
  serving: boolean;
  /** Markers of deleted messages included. */
  documents: number;
}

/**
 * Full-text search over messages.
 *
 * - `index` resolves when its documents are kept and found by searches (at most 1,000 documents a call).
 * - `generation` unset means: the serving one, and the previous one and the one being built where there are such.
 * - Errors: `invalid_request` for a cursor that isn't ours; `unavailable` when the engine doesn't answer in 5 s.
 */
export interface SearchIndex {
  index(documents: SearchDocument[], generation?: string): Promise<void>;
  /** Takes documents out of every generation, markers of deleted messages too; at most 1,000. Unknown ones are no error. */
  remove(keys: DocumentKey[]): Promise<void>;
  search(query: SearchQuery): Promise<SearchResult>;
  /** Starts a new empty generation beside the serving one; one that was being built is dropped. */
  build(): Promise<Generation>;
  generations(): Promise<Generation[]>;
  /** Documents of a generation by key, for comparing it with the store: at most 1,000 keys. */
  documents(generation: string, keys: DocumentKey[]): Promise<SearchDocument[]>;
  /** Makes a built generation the serving one, atomically for searches; the former is kept for `rollback`. */
  promote(generation: string): Promise<void>;
  /**
   * Serves the generation from before the last promote again. The one turned down can be promoted again, unless another
   * is being built: then it is dropped. Error: `conflict` where there is none to go back to.
   */
  rollback(): Promise<Generation>;
  /** Drops a generation that is not serving. */
  drop(generation: string): Promise<void>;
  close(): Promise<void>;
}
