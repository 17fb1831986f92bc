import { type Engine, refusedFor } from './engine.ts';
import type { Names } from './names.ts';

/** The first generation is made with its number, so that of two processes that start at once one makes it. */
const first = 1;

/**
 * A number for a new generation, never given twice: who writes to one that was dropped must not meet another. Counted by
 * the engine as versions of one document, the one thing that it counts for several processes without a gap for a race.
 */
export async function nextNumber(engine: Engine, names: Names): Promise<string> {
  const { _version } = await engine.ask((client, sending) =>
    client.index({ index: names.numbers, id: 'generation', document: {}, require_alias: false }, sending),
  );
  return String(_version + first);
}

/** Makes the count, unless it is there. */
export async function ensureNumbers(engine: Engine, names: Names): Promise<void> {
  const settings = { number_of_shards: 1, auto_expand_replicas: '0-1' };
  try {
    await engine.ask((client, sending) =>
      client.indices.create({ index: names.numbers, settings, mappings: { dynamic: 'strict' } }, sending),
    );
  } catch (error) {
    if (!refusedFor(error, 'resource_already_exists_exception')) throw error;
  }
}
