import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageStore } from '../../platform/messages/port.ts';
import type { SearchDocument, SearchIndex } from '../../platform/search/port.ts';

const pageSize = 500;
const patience_ms = 15_000;
const look_ms = 200;

export interface IndexComparison {
  /** That the store has. */
  documents: number;
  /** That the new index has; more come while this runs. */
  indexed: number;
  compared: number;
  different: number;
}

/**
 * Compares a new index with the store, by count, and with what was written to it, by content. `deadLetters`: so many
 * documents may be missing, for nobody could make them.
 */
export async function compareIndex(
  search: SearchIndex,
  store: MessageStore,
  generation: string,
  { sample, deadLetters }: { sample: readonly SearchDocument[]; deadLetters: number },
  signal: AbortSignal,
): Promise<IndexComparison> {
  let documents = 0;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<MessageStore['scan']>> = await store.scan(cursor, 2000);
    documents += page.messages.length;
    cursor = page.cursor;
  } while (cursor !== null && !signal.aborted);
  let different = 0;
  for (let from = 0; from < sample.length; from += pageSize) {
    const part = sample.slice(from, from + pageSize);
    const found = new Map((await search.documents(generation, part)).map((document) => [keyOf(document), document]));
    different += part.filter((document) => differs(document, found.get(keyOf(document)))).length;
  }
  // What came while this ran lies in the store a little before the topology that runs has indexed it.
  const count = async (): Promise<number> =>
    (await search.generations()).find(({ id }) => id === generation)?.documents ?? 0;
  let indexed = await count();
  for (
    const until = Date.now() + patience_ms;
    indexed + deadLetters < documents && Date.now() < until && !signal.aborted;
  ) {
    await sleep(look_ms);
    indexed = await count();
  }
  return { documents, indexed, compared: sample.length, different };
}

/** A later rev has come by itself; an older one, or another text of the same, is wrong. */
function differs(wanted: SearchDocument, found: SearchDocument | undefined): boolean {
  if (!found || found.rev < wanted.rev) return true;
  return found.rev === wanted.rev && (found.text !== wanted.text || found.deleted !== wanted.deleted);
}

function keyOf({ workspace_id, channel_id, message_id }: SearchDocument): string {
  return `${workspace_id}\0${channel_id}\0${message_id}`;
}
