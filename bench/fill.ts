import { openEngine } from '../platform/embedded/engine.ts';
import type { MessageStore } from '../platform/messages/port.ts';
import { fileCodec } from '../platform/schemas/files.ts';
import type { SearchDocument, SearchIndex } from '../platform/search/port.ts';
import { openSearch } from '../platform/search/sqlite.ts';
import { rowsOf } from '../processors/persist/rows.ts';
import type { MessageEvent } from '../schemas/generated/types.ts';
import { event } from './event.ts';

const batch = 1000;
/** Texts are made of these, the later the rarer. */
const words = Array.from({ length: 5000 }, (_, n) => `word${n.toString(36)}`);

/** The events of a history, spread over channels `c0` and on, some of them at once. */
function* history(messages: number, channels: number): Generator<MessageEvent[]> {
  const revs = new Array<number>(channels).fill(0);
  for (let from = 0; from < messages; from += batch)
    yield Array.from({ length: Math.min(batch, messages - from) }, (_, i) => {
      const channel = (from + i) % channels;
      const made = { ...event(`c${channel}`, ++revs[channel]!, from + i), workspace_id: 'bench' };
      if ('MessageChanged' in made.body) made.body.MessageChanged.message.text = textOf(from + i);
      return made;
    });
}

/** About 200 bytes, the same for each number. */
function textOf(n: number): string {
  let seed = n + 1;
  return Array.from({ length: 28 }, () => {
    seed = Math.imul(seed, 1_664_525) + 1_013_904_223;
    const part = (seed >>> 0) / 2 ** 32;
    return words[Math.floor(part ** 3 * words.length)];
  }).join(' ');
}

/** Rows as `persist` writes them, into an embedded store that nobody has open; the log stays as it is. */
export async function fillStore(folder: string, messages: number, channels: number): Promise<void> {
  const engine = openEngine(`${folder}/log`, fileCodec());
  await fillMessages(engine.messages, messages, channels);
  await engine.close();
}

/** Their documents, into the embedded index. */
export async function fillSearch(folder: string, messages: number, channels: number): Promise<void> {
  const index = await openSearch({ folder: `${folder}/search` });
  await fillIndex(index, messages, channels);
  await index.close();
}

/** `atOnce`: batches on their way at a time. */
export async function fillMessages(store: MessageStore, messages: number, channels: number, atOnce = 1) {
  await each(history(messages, channels), atOnce, (events) => store.write(events.flatMap(rowsOf)));
}

export async function fillIndex(index: SearchIndex, messages: number, channels: number, atOnce = 1) {
  await each(history(messages, channels), atOnce, (events) => index.index(events.flatMap(documentsOf)));
}

function documentsOf(made: MessageEvent): SearchDocument[] {
  if (!('MessageChanged' in made.body)) return [];
  const { message_id, rev, user_id, text, created_at } = made.body.MessageChanged.message;
  const { workspace_id, channel_id } = made;
  return [{ workspace_id, channel_id, message_id, rev, user_id, text, created_at, deleted: false }];
}

async function each<Item>(items: Iterator<Item>, atOnce: number, take: (item: Item) => Promise<void>): Promise<void> {
  const takeAll = async (): Promise<void> => {
    for (let next = items.next(); !next.done; next = items.next()) await take(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, takeAll));
}

/** A word that about so many of a hundred thousand messages have. */
export function wordOf(rank: number): string {
  return words[rank]!;
}
