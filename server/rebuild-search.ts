import { MillraceError } from '../platform/errors/error.ts';
import type { MessageStore } from '../platform/messages/port.ts';
import type { SearchDocument, SearchIndex } from '../platform/search/port.ts';
import { documentOf } from '../processors/search-document/document.ts';

const pageSize = 500;
/** Of each this many documents one is compared in content. */
const sampleEvery = 50;

export type RebuildProgress =
  | { phase: 'fill'; documents: number; seconds: number }
  | { phase: 'compare'; documents: number; indexed: number; compared: number; different: number }
  | { phase: 'done'; generation: string; documents: number };

/**
 * Fills a new generation of the search index from the store while the old one serves, compares it, and swaps it in. Live
 * changes reach both from the moment the new one is there, and a document's version is its rev, so the scan and the live
 * writes may overlap in any order. Error: `conflict` when the new generation lacks or differs in something; the old one
 * then goes on serving. An abort drops the new one.
 */
export async function* rebuildSearch(
  { search, store }: { search: SearchIndex; store: MessageStore },
  signal: AbortSignal,
): AsyncGenerator<RebuildProgress> {
  const began = Date.now();
  const { id } = await search.build();
  const sample: SearchDocument[] = [];
  let documents = 0;
  let cursor: string | null = null;
  try {
    do {
      if (signal.aborted) throw new MillraceError('unavailable', 'the rebuild was stopped; the old index serves on');
      const page: Awaited<ReturnType<MessageStore['scan']>> = await store.scan(cursor, pageSize);
      const found = page.messages.map((entry) => documentOf(entry, entry.message));
      if (found.length > 0) await search.index(found, id);
      for (const [i, document] of found.entries()) if ((documents + i) % sampleEvery === 0) sample.push(document);
      documents += found.length;
      cursor = page.cursor;
      yield { phase: 'fill', documents, seconds: (Date.now() - began) / 1000 };
    } while (cursor !== null);
    const different = await compare(search, id, sample);
    const indexed = (await search.generations()).find((generation) => generation.id === id)?.documents ?? 0;
    yield { phase: 'compare', documents, indexed, compared: sample.length, different };
    if (different > 0 || indexed < documents) {
      throw new MillraceError(
        'conflict',
        `the new index holds ${indexed} of ${documents} documents, ${different} of ${sample.length} samples differ: not swapped in`,
      );
    }
    await search.promote(id);
    yield { phase: 'done', generation: id, documents };
  } catch (error) {
    const built = (await search.generations()).find((generation) => generation.id === id);
    if (built && !built.serving) await search.drop(id);
    throw error;
  }
}

/** How many of the sampled documents are missing, or older than the store had them. */
async function compare(search: SearchIndex, generation: string, sample: SearchDocument[]): Promise<number> {
  let different = 0;
  for (let from = 0; from < sample.length; from += pageSize) {
    const part = sample.slice(from, from + pageSize);
    const found = await search.documents(generation, part);
    const byKey = new Map(found.map((document) => [keyOf(document), document]));
    for (const document of part) {
      const indexed = byKey.get(keyOf(document));
      if (
        !indexed ||
        indexed.rev < document.rev ||
        (indexed.rev === document.rev && indexed.deleted !== document.deleted)
      )
        different++;
    }
  }
  return different;
}

function keyOf({ workspace_id, channel_id, message_id }: SearchDocument): string {
  return `${workspace_id}\0${channel_id}\0${message_id}`;
}
