import { MillraceError } from '../errors/error.ts';
import { readDocuments } from './elasticsearch/documents.ts';
import { Engine, type EngineOptions } from './elasticsearch/engine.ts';
import { checkFormat } from './elasticsearch/format.ts';
import { Generations } from './elasticsearch/generations.ts';
import { Names } from './elasticsearch/names.ts';
import { ensureNumbers } from './elasticsearch/numbers.ts';
import { search } from './elasticsearch/search.ts';
import { Writer } from './elasticsearch/write.ts';
import type { Generation, SearchIndex } from './port.ts';

export interface ElasticsearchOptions extends EngineOptions {
  /** Begins the names of all indices and aliases: two systems on one cluster have two. */
  prefix: string;
  /** Of each generation. Default 1, which is enough for some ten million messages. */
  shards?: number | undefined;
  /** How long written documents wait to be found, at most; `index` waits for that. Default 200. */
  refreshEvery_ms?: number | undefined;
}

const maxBatch = 1_000;

/**
 * Full-text search in Elasticsearch: an index for each generation, and aliases that say which one serves. Any number of
 * processes may use one index at once. Makes the first generation where there is none. Errors: `unavailable` for an engine
 * that doesn't answer in 5 s, and for indices that are newer than this code or lost their roles.
 */
export async function openElasticsearch(options: ElasticsearchOptions): Promise<SearchIndex> {
  const { prefix, shards = 1, refreshEvery_ms = 200 } = options;
  const names = new Names(prefix);
  const engine = new Engine(options);
  try {
    const generations = new Generations(engine, names, { shards, refreshEvery_ms });
    await ensureNumbers(engine, names);
    await generations.first();
    await checkFormat(engine, names, await generations.roles());
    return searchIndex(engine, names, generations);
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function searchIndex(engine: Engine, names: Names, generations: Generations): SearchIndex {
  const writer = new Writer(engine, names, generations);
  const described = async (id: string, serving: boolean): Promise<Generation> => {
    await generations.refresh(id);
    const { count } = await engine.ask((client, sending) => client.count({ index: names.index(id) }, sending));
    return { id, serving, documents: count };
  };
  return {
    async index(documents, generation) {
      few(documents);
      if (generation !== undefined) await writer.into(generation, documents);
      else if (documents.length > 0) await writer.intoAll(documents);
    },
    remove: (keys) => writer.outOfAll(few(keys)),
    search: (query) => search(engine, names.role('serving'), query),
    build: async () => described(await generations.build(), false),
    async generations() {
      const { serving, previous, building } = await generations.roles();
      const all = [serving, previous, building].filter((id) => id !== null);
      return Promise.all(all.map((id) => described(id, id === serving)));
    },
    async documents(generation, keys) {
      await generations.require(generation);
      return readDocuments(engine, names.index(generation), few(keys));
    },
    promote: (generation) => generations.promote(generation),
    rollback: async () => described(await generations.rollback(), true),
    drop: (generation) => generations.drop(generation),
    async close() {
      await generations.settled();
      await engine.close();
    },
  };
}

function few<Item>(items: Item[]): Item[] {
  if (items.length > maxBatch) throw new MillraceError('invalid_request', `at most ${maxBatch} documents in one call`);
  return items;
}
