import type { DocumentKey, SearchDocument } from '../port.ts';
import type { Engine } from './engine.ts';
import { decoded, documentId, type Stored } from './stored.ts';

/** Those of the documents that an index holds, in the order asked for; also what no search finds yet. */
export async function readDocuments(engine: Engine, index: string, keys: DocumentKey[]): Promise<SearchDocument[]> {
  if (keys.length === 0) return [];
  const { docs } = await engine.ask((client, sending) =>
    client.mget<Stored>({ index, ids: keys.map(documentId) }, sending),
  );
  return docs.flatMap((found) => ('_source' in found && found._source ? [decoded(found._source)] : []));
}
