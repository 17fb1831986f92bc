import { createHash } from 'node:crypto';
import { hasLink } from '../has-link.ts';
import type { DocumentKey, SearchDocument } from '../port.ts';
import { wordsOf } from '../words.ts';

/** A document as it goes to the engine, encoded once for however many generations take it. */
export interface Encoded {
  id: string;
  rev: number;
  source: string;
}

/** The engine takes no id above 512 bytes. */
const maxIdBytes = 512;

/** The id of a message's document: readable, but for very long parts. */
export function documentId({ workspace_id, channel_id, message_id }: DocumentKey): string {
  const id = JSON.stringify([workspace_id, channel_id, message_id]);
  return Buffer.byteLength(id) <= maxIdBytes ? id : createHash('sha256').update(id).digest('hex');
}

/** The newest of each message: the others would change nothing. */
export function encoded(documents: SearchDocument[]): Encoded[] {
  const newest = new Map<string, SearchDocument>();
  for (const document of documents) {
    const id = documentId(document);
    const known = newest.get(id);
    if (!known || known.rev < document.rev) newest.set(id, document);
  }
  return [...newest].map(([id, document]) => ({ id, rev: document.rev, source: encode(document) }));
}

function encode(document: SearchDocument): string {
  const { workspace_id, channel_id, message_id, rev, user_id, created_at, deleted } = document;
  // A marker holds nothing that was said.
  const text = deleted ? '' : document.text;
  const words = wordsOf(text).map((found) => found.word);
  return JSON.stringify({
    workspace_id,
    channel_id,
    message_id,
    rev,
    user_id,
    text,
    created_at,
    deleted,
    has_link: hasLink(text),
    words: words.join(' '),
    length: words.length,
  });
}

/** A document as the engine gives it back. */
export type Stored = SearchDocument & { has_link: boolean; length: number };

export function decoded({ has_link, length, ...document }: Stored): SearchDocument {
  return document;
}
