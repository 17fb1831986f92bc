import type { estypes } from '@elastic/elasticsearch';

/** Raise it with every change below: an index is never migrated, it is filled anew from the log. */
export const format = 1;

export interface IndexSettings {
  shards: number;
  /** How often what was written becomes visible; `index` waits for that. */
  refreshEvery_ms: number;
}

/**
 * How a generation's index is made. It is given whole when the index is made, by no index template: that would also dress
 * an index that came to be by a slip, and templates of two prefixes can be in each other's way.
 *
 * `words` holds the words as words.ts has made them, joined by blanks, and is cut at the blanks and nowhere else: so all
 * engines find the same. Its score is how often a word stands in the document, for score.ts to reckon with; the engine's
 * own would tell of documents that one can't read.
 */
export function indexBody({ shards, refreshEvery_ms }: IndexSettings) {
  return {
    settings: {
      number_of_shards: shards,
      // One copy more wherever there is a second node.
      auto_expand_replicas: '0-1',
      refresh_interval: `${refreshEvery_ms}ms`,
      // Someone may be in very many channels.
      max_terms_count: 1_000_000,
      similarity: { occurrences: { type: 'scripted', script: { source: 'return query.boost * doc.freq;' } } },
    },
    mappings: {
      dynamic: 'strict',
      _meta: { millrace_format: format },
      // Made from the text again whenever the index is filled: no need to keep it twice.
      _source: { excludes: ['words'] },
      properties: {
        workspace_id: { type: 'keyword' },
        channel_id: { type: 'keyword' },
        message_id: { type: 'keyword' },
        rev: { type: 'long', index: false },
        user_id: { type: 'keyword' },
        text: { type: 'keyword', index: false, doc_values: false },
        created_at: { type: 'long' },
        deleted: { type: 'boolean' },
        has_link: { type: 'boolean' },
        words: { type: 'text', analyzer: 'whitespace', similarity: 'occurrences', norms: false },
        length: { type: 'integer' },
      },
    },
  } satisfies { settings: estypes.IndicesIndexSettings; mappings: estypes.MappingTypeMapping };
}
