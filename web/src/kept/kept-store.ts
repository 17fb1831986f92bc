import { type DBSchema, deleteDB, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import type { Channel, ChannelUnread, EventFrame, Message, User } from '../../../client/index.ts';
import {
  emptyHistory,
  erasedBy,
  type KeptHistory,
  type SeenWindow,
  withEvent,
  withoutBelow,
  withoutPerson,
  withReplies,
  withWindow,
} from './kept-history.ts';

/** Beyond it the channel that was not looked at for longest goes; one only heard of gets no place then. */
const MAX_HISTORIES = 50;
/** As many as the page knows at a time. Beyond it those met first go. */
const MAX_PEOPLE = 2_000;

export interface KeptChannel {
  readonly channel: Channel;
  /** Of a dm, or a group without a name. */
  readonly partners: readonly string[];
  readonly muted?: boolean;
}

export interface KeptGroup {
  readonly group_id: string;
  readonly name: string;
  /** Whether one was in it; undefined if that was not known. */
  readonly mine: boolean | undefined;
}

/** A change of what is kept. */
export type KeptOp =
  | { readonly kind: 'event'; readonly frame: EventFrame }
  | { readonly kind: 'window'; readonly channelId: string; readonly seen: SeenWindow }
  | {
      readonly kind: 'replies';
      readonly channelId: string;
      readonly rev: number;
      readonly messages: readonly Message[];
    }
  | { readonly kind: 'reset'; readonly channelId: string; readonly rev: number }
  | { readonly kind: 'forget'; readonly channelId: string }
  | { readonly kind: 'channel'; readonly row: KeptChannel }
  | { readonly kind: 'person'; readonly user: User }
  /** Was erased, or is no longer known. */
  | { readonly kind: 'erased'; readonly userId: string }
  | { readonly kind: 'groups'; readonly groups: readonly KeptGroup[] }
  | { readonly kind: 'unreads'; readonly channels: readonly ChannelUnread[] };

export interface KeptOverview {
  readonly channels: readonly KeptChannel[];
  readonly people: readonly User[];
  readonly groups: readonly KeptGroup[];
  readonly unreads: readonly ChannelUnread[];
  /** Of each channel whose messages are kept. */
  readonly revs: Readonly<Record<string, number>>;
}

type Tail = Pick<KeptHistory, 'channel_id' | 'messages'>;

interface Schema extends DBSchema {
  /** Apart from the messages, so that a start reads little. */
  histories: { key: string; value: Omit<KeptHistory, 'messages'>; indexes: { used_at: number } };
  messages: { key: string; value: Tail };
  channels: { key: string; value: KeptChannel & { readonly channel_id: string } };
  people: { key: string; value: User & { readonly met_at: number }; indexes: { met_at: number } };
  unreads: { key: string; value: readonly ChannelUnread[] };
  groups: { key: string; value: readonly KeptGroup[] };
}

const STORES = ['histories', 'messages', 'channels', 'people', 'unreads', 'groups'] as const;
type Change = IDBPTransaction<Schema, (typeof STORES)[number][], 'readwrite'>;

/** One person's database. Its methods reject with `DOMException`. */
export class KeptStore {
  readonly #name: string;
  readonly #db: IDBPDatabase<Schema>;

  private constructor(name: string, db: IDBPDatabase<Schema>) {
    this.#name = name;
    this.#db = db;
  }

  static async open(name: string): Promise<KeptStore> {
    const db = await openDB<Schema>(name, 2, {
      upgrade(made, before) {
        if (before < 2) made.createObjectStore('groups');
        if (before > 0) return;
        made.createObjectStore('histories', { keyPath: 'channel_id' }).createIndex('used_at', 'used_at');
        made.createObjectStore('messages', { keyPath: 'channel_id' });
        made.createObjectStore('channels', { keyPath: 'channel_id' });
        made.createObjectStore('people', { keyPath: 'user_id' }).createIndex('met_at', 'met_at');
        made.createObjectStore('unreads');
      },
      // Another tab signed out: what holds the database open would keep it from being deleted.
      blocking: () => db.close(),
    });
    return new KeptStore(name, db);
  }

  async overview(): Promise<KeptOverview> {
    const look = this.#db.transaction(['channels', 'people', 'groups', 'unreads', 'histories']);
    const [channels, people, groups, unreads, histories] = await Promise.all([
      look.objectStore('channels').getAll(),
      look.objectStore('people').getAll(),
      look.objectStore('groups').get('all'),
      look.objectStore('unreads').get('all'),
      look.objectStore('histories').getAll(),
    ]);
    const revs = Object.fromEntries(histories.map(({ channel_id, rev }) => [channel_id, rev]));
    return { channels, people, groups: groups ?? [], unreads: unreads ?? [], revs };
  }

  async history(channelId: string): Promise<KeptHistory | undefined> {
    const look = this.#db.transaction(['histories', 'messages']);
    const [head, tail] = await Promise.all([
      look.objectStore('histories').get(channelId),
      look.objectStore('messages').get(channelId),
    ]);
    return head && { ...head, messages: tail?.messages ?? [] };
  }

  /** The messages of each channel in turn, so that not all are in memory at once. */
  async eachTail(visit: (tail: Tail) => void): Promise<void> {
    for (let at = await this.#db.transaction('messages').store.openCursor(); at; at = await at.continue()) {
      visit(at.value);
    }
  }

  /** All of it or, if it rejects, nothing. Resolves with whom events told to be erased. */
  async apply(ops: readonly KeptOp[]): Promise<ReadonlySet<string>> {
    const change = this.#db.transaction(STORES.slice(), 'readwrite');
    const changed = new Map<string, KeptHistory>();
    const places = { free: MAX_HISTORIES - (await change.objectStore('histories').count()) };
    const erased = new Set<string>();
    for (const op of ops) await applyOne(change, op, changed, places, erased);
    for (const { messages, ...head } of changed.values()) {
      await change.objectStore('histories').put(head);
      await change.objectStore('messages').put({ channel_id: head.channel_id, messages });
    }
    await limit(change);
    await change.done;
    return erased;
  }

  async wipe(): Promise<void> {
    this.#db.close();
    await deleteDB(this.#name);
  }
}

async function applyOne(
  change: Change,
  op: KeptOp,
  changed: Map<string, KeptHistory>,
  places: { free: number },
  erased: Set<string>,
): Promise<void> {
  const held = async (channelId: string): Promise<KeptHistory | undefined> => {
    if (changed.has(channelId)) return changed.get(channelId);
    const head = await change.objectStore('histories').get(channelId);
    return head && { ...head, messages: (await change.objectStore('messages').get(channelId))?.messages ?? [] };
  };
  switch (op.kind) {
    case 'event': {
      const { channel_id, rev } = op.frame;
      const history = await held(channel_id);
      if (!history && places.free-- <= 0) return;
      const gone = history && erasedBy(history, op.frame);
      if (gone !== undefined) {
        erased.add(gone);
        await erase(change, gone, changed, held);
      }
      changed.set(
        channel_id,
        withEvent(changed.get(channel_id) ?? history ?? emptyHistory(channel_id, rev - 1), op.frame),
      );
      return;
    }
    case 'window': {
      const { channelId, seen } = op;
      const history = await held(channelId);
      if (!history) places.free--;
      const kept = withWindow(history ?? emptyHistory(channelId, seen.rev), seen);
      changed.set(channelId, { ...kept, used_at: Date.now() });
      return;
    }
    case 'replies': {
      const history = await held(op.channelId);
      if (history) changed.set(op.channelId, withReplies(history, op.rev, op.messages));
      return;
    }
    case 'reset': {
      const history = await held(op.channelId);
      if (history) changed.set(op.channelId, { ...emptyHistory(op.channelId, op.rev, history.used_at), whole: false });
      return;
    }
    case 'forget':
      changed.delete(op.channelId);
      await forget(change, op.channelId);
      await change.objectStore('channels').delete(op.channelId);
      return;
    case 'channel': {
      const { channel_id, history_from } = op.row.channel;
      await change.objectStore('channels').put({ ...op.row, channel_id });
      const history = history_from ? await held(channel_id) : undefined;
      if (history && history_from) changed.set(channel_id, withoutBelow(history, history_from));
      return;
    }
    case 'erased':
      await erase(change, op.userId, changed, held);
      return;
    case 'person':
      await change.objectStore('people').put({ ...op.user, met_at: Date.now() });
      return;
    case 'groups':
      await change.objectStore('groups').put(op.groups, 'all');
      return;
    case 'unreads':
      await change.objectStore('unreads').put(op.channels, 'all');
      return;
  }
}

/** Takes a person out of all that is kept. */
async function erase(
  change: Change,
  userId: string,
  changed: Map<string, KeptHistory>,
  held: (channelId: string) => Promise<KeptHistory | undefined>,
): Promise<void> {
  await change.objectStore('people').delete(userId);
  const channels = new Set([...(await change.objectStore('histories').getAllKeys()), ...changed.keys()]);
  for (const channelId of channels) {
    const history = await held(channelId);
    const without = history && withoutPerson(history, userId);
    if (without && without !== history) changed.set(channelId, without);
  }
}

async function limit(change: Change): Promise<void> {
  const histories = change.objectStore('histories');
  const excess = (await histories.count()) - MAX_HISTORIES;
  if (excess > 0) {
    const oldest = await histories.index('used_at').getAllKeys(null, excess);
    for (const channelId of oldest) await forget(change, channelId);
  }
  const people = change.objectStore('people');
  const crowd = (await people.count()) - MAX_PEOPLE;
  if (crowd > 0) for (const id of await people.index('met_at').getAllKeys(null, crowd)) await people.delete(id);
}

async function forget(change: Change, channelId: string): Promise<void> {
  await change.objectStore('histories').delete(channelId);
  await change.objectStore('messages').delete(channelId);
}
