import { setTimeout as pause } from 'node:timers/promises';
import type { estypes } from '@elastic/elasticsearch';
import { MillraceError } from '../../errors/error.ts';
import type { Engine } from './engine.ts';
import type { Encoded } from './stored.ts';

/** A request's size, so that a batch of long messages stays far below what the engine takes (100 MB). */
const maxBytes = 5_000_000;
/** The engine refuses single documents while its queue is full: they alone are sent again, after growing pauses. */
const pauses_ms = [100, 300, 900];

/** How a batch went where the engine took it. */
export type Written = 'written' | 'gone';

/**
 * Writes documents through an alias, in requests of a bounded size. `wait`: until searches find them. A document whose rev
 * is not higher than what is there changes nothing. Resolves to `gone` where the alias is no more. Errors: `unavailable`;
 * `invalid_request` that names a document the engine can't take, after all others have been written.
 */
export async function writeBulk(engine: Engine, alias: string, documents: Encoded[], wait: boolean): Promise<Written> {
  const broken: string[] = [];
  for (const part of parts(documents)) {
    let left = part;
    for (let attempt = 0; left.length > 0; attempt++) {
      const items = await send(engine, alias, left, wait);
      if (items.some((item) => item.error?.type === 'index_not_found_exception')) return 'gone';
      broken.push(...items.flatMap(unusable));
      left = left.filter((_, at) => items[at]!.status === 429 || items[at]!.status === 503);
      if (left.length === 0) break;
      const pause_ms = pauses_ms[attempt];
      if (pause_ms === undefined)
        throw new MillraceError('unavailable', `search: Elasticsearch refuses ${left.length} documents for now`);
      await pause(pause_ms);
    }
  }
  if (broken.length > 0) throw new MillraceError('invalid_request', `search: ${broken.slice(0, 3).join('; ')}`);
  return 'written';
}

/** Takes documents out, through an alias. Errors: `unavailable`. */
export async function removeBulk(engine: Engine, alias: string, ids: string[]): Promise<Written> {
  if (ids.length === 0) return 'written';
  const operations = ids.map((_id) => ({ delete: { _id } }));
  const { items } = await engine.ask((client, sending) =>
    client.bulk({ index: alias, require_alias: true, refresh: 'wait_for', operations }, sending),
  );
  const failed = items.map((item) => item.delete!).filter(({ status }) => status >= 300 && status !== 404);
  if (failed.some(({ error }) => error?.type === 'index_not_found_exception')) return 'gone';
  // 404 is one that was not there: as it should be.
  if (failed.length > 0)
    throw new MillraceError(
      'unavailable',
      `search: Elasticsearch refuses to take ${failed.length} documents out for now`,
    );
  return 'written';
}

async function send(
  engine: Engine,
  alias: string,
  documents: Encoded[],
  wait: boolean,
): Promise<estypes.BulkResponseItem[]> {
  const operations = documents.flatMap(({ id, rev, source }) => [
    JSON.stringify({ index: { _id: id, version: rev, version_type: 'external' } }),
    source,
  ]);
  const { items } = await engine.ask((client, sending) =>
    client.bulk(
      { index: alias, require_alias: true, refresh: wait ? 'wait_for' : false, operations },
      // The answer to a thousand documents is long; this is all that is read of it.
      {
        ...sending,
        querystring: { filter_path: 'items.*.status,items.*.error.type,items.*.error.reason,items.*._id' },
      },
    ),
  );
  return items.map((item) => item.index!);
}

/** 409 is a rev that is there already, or a higher one: as it should be. */
function unusable({ status, error, _id }: estypes.BulkResponseItem): string[] {
  if (status < 300 || status === 409 || status === 429 || status === 503) return [];
  return [`document ${_id} can't be indexed (${error?.type}: ${error?.reason})`];
}

function* parts(documents: Encoded[]): Generator<Encoded[]> {
  let part: Encoded[] = [];
  let bytes = 0;
  for (const document of documents) {
    if (bytes > maxBytes) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(document);
    bytes += document.source.length;
  }
  if (part.length > 0) yield part;
}
