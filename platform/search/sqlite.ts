import { mkdir } from 'node:fs/promises';
import { storeKey } from '../encryption/store-key.ts';
import { searchStore } from '../encryption/stores.ts';
import { MillraceError } from '../errors/error.ts';
import { host } from '../worker/host.ts';
import type { Generation, SearchDocument, SearchIndex } from './port.ts';
import type { IndexPlace } from './sqlite/generation.ts';
import { Generations } from './sqlite/generations.ts';
import type { Reader, ReaderPlace } from './sqlite/reader.ts';
import type { Writer } from './sqlite/writer.ts';

/** Where the index lives, and who is told when one of its threads ends by itself (then its calls are `unavailable`). */
export interface SearchOptions {
  folder: string;
  /** Encrypts its files. */
  key?: Buffer | undefined;
  onCrash?: (error: MillraceError) => void;
  /** How long documents wait for others to share a commit with, in milliseconds; those of a named generation never do. Default 0. */
  patience_ms?: number;
  /** Of more hits than `all`, only the newest `newest` are ranked by relevance. Default: 50,000 and 5,000. */
  ranked?: { all: number; newest: number };
}

const maxBatch = 1_000;
/**
 * Ranking costs about a microsecond a hit, so that of 50,000 takes as long as a search may; and to find the newest 5,000 of
 * more hits costs no more than that.
 */
const ranked = { all: 50_000, newest: 5_000 };

/**
 * Full-text search in SQLite: a file for each generation and a manifest (search.json) in `folder`, which is made where
 * it is missing. Writing and searching have a thread each. What `index` resolved for is on disk. Errors: `data_key_wrong`;
 * `unavailable` for an index that is damaged, newer than this code or can't be written; it is never made anew over one.
 */
export async function openSearch(options: SearchOptions): Promise<SearchIndex> {
  const { folder } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const onCrash = options.onCrash ?? ((error) => process.emitWarning(error));
  const encryptionKey = storeKey(options.key, searchStore(folder));
  const data: IndexPlace = { folder, encryptionKey };
  const { port: writer } = await host<Writer>({
    name: 'search writer',
    module: new URL('./sqlite/writer.worker.ts', import.meta.url),
    data: { place: data, patience_ms: options.patience_ms ?? 0 },
    methods: { create: true, open: true, index: true, take: true, remove: true },
    onCrash,
  });
  let reader: Reader | undefined;
  try {
    ({ port: reader } = await host<Reader>({
      name: 'search reader',
      module: new URL('./sqlite/reader.worker.ts', import.meta.url),
      data: { ...data, ranked: options.ranked ?? ranked } satisfies ReaderPlace,
      methods: { search: true, count: true, documents: true, forget: true },
      onCrash,
    }));
    return searchIndex(await Generations.open(folder, writer, reader), writer, reader);
  } catch (error) {
    await Promise.all([writer.close(), reader?.close()]);
    throw error;
  }
}

function searchIndex(generations: Generations, writer: Writer, reader: Reader): SearchIndex {
  const described = async (id: string): Promise<Generation> => ({
    id,
    serving: id === generations.serving,
    documents: await reader.count(id),
  });
  return {
    async index(documents: SearchDocument[], generation?: string) {
      few(documents);
      // The previous one is kept up to date too: else a rollback would lose what was written since.
      const ids = generation === undefined ? generations.all : [generations.require(generation)];
      if (documents.length > 0) await writer.index(ids, documents, generation !== undefined);
    },
    remove: async (keys) => {
      if (few(keys).length > 0) await writer.take(generations.all, keys);
    },
    search: (query) => reader.search(generations.serving, query),
    build: async () => described(await generations.build()),
    generations: () => Promise.all(generations.all.map(described)),
    documents: async (generation, keys) => reader.documents(generations.require(generation), few(keys)),
    promote: (generation) => generations.promote(generation),
    rollback: async () => described(await generations.rollback()),
    drop: (generation) => generations.drop(generation),
    async close() {
      await generations.settled();
      await Promise.all([writer.close(), reader.close()]);
    },
  };
}

function few<Item>(items: Item[]): Item[] {
  if (items.length > maxBatch) throw new MillraceError('invalid_request', `at most ${maxBatch} documents in one call`);
  return items;
}
