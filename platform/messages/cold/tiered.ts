import { LRUCache } from 'lru-cache';
import type { Message, ReadMarker } from '../../../schemas/generated/types.ts';
import type { Person } from '../../directory/person.ts';
import type { Objects } from '../../objects/port.ts';
import type { Codec } from '../../schemas/codec.ts';
import type { ChannelId, History, HistoryRequest, MessageStore, RowWrite, TrimmedMessage } from '../port.ts';
import { damaged, readColdFile } from './file.ts';
import type { HotMessages } from './hot.ts';
import { objectOf } from './stub.ts';

/** Files that were read last, decoded: at most so many, and so many bytes of objects. */
const filesKept = 64;
const bytesKept = 32 * 2 ** 20;

export interface ColdCounts {
  /** Archived messages that were asked for. */
  asked: number;
  /** Objects that were read for them. */
  loaded: number;
}

/**
 * A message store in two tiers. The hot one knows every message's place, so that paging, threads and events are its own; of
 * archived messages it has stubs, which this fills from objects. A row that was written since is whole, and counts.
 * Errors: those of both, `data_damaged` for an object that is not there or not as it was put.
 */
export class TieredMessages implements MessageStore {
  readonly counts: ColdCounts = { asked: 0, loaded: 0 };
  private readonly files: LRUCache<string, Map<string, Message>, ChannelId>;

  constructor(
    /** As it is, stubs and all: for the archive. */
    readonly hot: HotMessages,
    private readonly objects: Objects,
    private readonly codec: Codec,
  ) {
    // Two who ask for a file at once share one reading of it.
    this.files = new LRUCache({
      max: filesKept,
      maxSize: bytesKept,
      sizeCalculation: bytesOf,
      // Whoever asked has its answer, also where others took its place meanwhile.
      ignoreFetchAbort: true,
      allowStaleOnFetchAbort: true,
      fetchMethod: (name, _stale, { context }) => this.read(name, context),
    });
  }

  write(rows: RowWrite[]) {
    return this.hot.write(rows);
  }

  head(channel: ChannelId) {
    return this.hot.head(channel);
  }

  heads(workspaceId: string, channelIds: string[]) {
    return this.hot.heads(workspaceId, channelIds);
  }

  async message(channel: ChannelId, messageId: string) {
    const found = await this.hot.message(channel, messageId);
    return found && this.whole(channel, found);
  }

  async messages(channel: ChannelId, messageIds: string[]) {
    return this.all(channel, await this.hot.messages(channel, messageIds));
  }

  async history(channel: ChannelId, request: HistoryRequest): Promise<History> {
    const page = await this.hot.history(channel, request);
    return { ...page, messages: await this.all(channel, page.messages) };
  }

  async thread(channel: ChannelId, rootId: string, request: { after?: string | undefined; limit: number }) {
    const thread = await this.hot.thread(channel, rootId, request);
    return thread && { ...thread, messages: await this.all(channel, thread.messages) };
  }

  threadState(person: Person, channelId: string, rootId: string) {
    return this.hot.threadState(person, channelId, rootId);
  }

  versions(channel: ChannelId, messageId: string, limit: number, before?: number) {
    return this.hot.versions(channel, messageId, limit, before);
  }

  async eventsAfter(channel: ChannelId, rev: number, limit: number) {
    const events = await this.hot.eventsAfter(channel, rev, limit);
    return (
      events &&
      Promise.all(
        events.map(async (event) =>
          'message' in event ? { ...event, message: await this.whole(channel, event.message) } : event,
        ),
      )
    );
  }

  identities(channel: ChannelId, clientMsgIds: string[]) {
    return this.hot.identities(channel, clientMsgIds);
  }

  memberships(person: Person) {
    return this.hot.memberships(person);
  }

  marker(person: Person, channelId: string): Promise<ReadMarker> {
    return this.hot.marker(person, channelId);
  }

  unreads(person: Person, channelIds: string[]) {
    return this.hot.unreads(person, channelIds);
  }

  revBefore(channel: ChannelId, seq: number) {
    return this.hot.revBefore(channel, seq);
  }

  trimmed(channel: ChannelId, limit: number) {
    return this.hot.trimmed(channel, limit);
  }

  goingOn(channel: ChannelId, after: string, limit: number) {
    return this.hot.goingOn(channel, after, limit);
  }

  removeTrimmed(channel: ChannelId, messages: TrimmedMessage[]) {
    return this.hot.removeTrimmed(channel, messages);
  }

  forget(person: Person, channelIds: string[], instead: string) {
    return this.hot.forget(person, channelIds, instead);
  }

  async scan(cursor: string | null, limit: number) {
    const page = await this.hot.scan(cursor, limit);
    const messages = await Promise.all(
      page.messages.map(async (row) => ({ ...row, message: await this.whole(row, row.message) })),
    );
    return { ...page, messages };
  }

  private all(channel: ChannelId, messages: Message[]): Promise<Message[]> {
    return Promise.all(messages.map((message) => this.whole(channel, message)));
  }

  private async whole(channel: ChannelId, message: Message): Promise<Message> {
    const object = objectOf(message);
    if (object === undefined) return message;
    const cold = await this.cold(channel, message, object);
    if (cold) return cold;
    // Its object was made anew in the moment since the stub was read (renew.ts): then the stub names another one by now.
    const now = await this.hot.message(channel, message.message_id);
    const next = now && objectOf(now);
    const renewed = now && (next === undefined ? now : await this.cold(channel, now, next));
    if (!renewed) throw damaged(object, `is not there, or lacks message ${message.message_id}`);
    return renewed;
  }

  private async cold(channel: ChannelId, stub: Message, object: string): Promise<Message | undefined> {
    const { workspace_id, channel_id } = channel;
    this.counts.asked++;
    const cold = (await this.files.fetch(object, { context: { workspace_id, channel_id } }))?.get(stub.message_id);
    // Replies go on being counted in the hot store.
    return cold?.rev === stub.rev ? { ...cold, reply_count: stub.reply_count } : undefined;
  }

  private async read(name: string, channel: ChannelId): Promise<Map<string, Message> | undefined> {
    this.counts.loaded++;
    const file = await this.objects.get(name);
    return file && readColdFile(name, file, channel, this.codec);
  }
}

/** About what a decoded file takes. */
function bytesOf(messages: Map<string, Message>): number {
  let bytes = 1;
  for (const { text } of messages.values()) bytes += 500 + 2 * text.length;
  return bytes;
}
