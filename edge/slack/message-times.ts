import { LRUCache } from 'lru-cache';
import { channelKey, murmur2, partitionOf } from '../../platform/keys.ts';
import type { ChannelId, MessageStore } from '../../platform/messages/port.ts';
import { snowflake } from '../../processors/sequence/snowflake.ts';
import type { Message } from '../../schemas/generated/types.ts';
import { idParts, isPlain, isSlackTs, isTs, tsBesideImported, tsOfId } from './ts.ts';

/** What a message's ts follows from. */
export type Timed = Pick<Message, 'message_id' | 'client_msg_id'>;

/** How long a ts of ours is believed: an import may bring a message that has it. Long enough for all apps that hear of one. */
const fresh_ms = 2000;
/** An imported message's never changes. */
const importedFresh_ms = 3_600_000;
/** Most identities, and most ids, in one question to the store. */
const identitiesAtOnce = 500;
const idsAtOnce = 200;

/**
 * Messages by their ts, and the ts of messages. An imported message has Slack's own, by its identity in the store; any other
 * has that of its id. Each ts of a channel names one message.
 */
export class MessageTimes {
  private readonly known = new LRUCache<string, string>({ max: 20_000, ttl: fresh_ms });

  constructor(
    private readonly store: Pick<MessageStore, 'identities' | 'message' | 'messages'>,
    /** Of the topics that are keyed by channel. */
    private readonly partitions: number,
    /** Whether channels may have ids of other partitions than their own, from before a repartition. */
    private readonly moved: boolean,
  ) {}

  /** The ts of each message of a channel, by message id. */
  async of(channel: ChannelId, messages: Timed[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const asked: Timed[] = [];
    for (const message of messages) {
      const ts = this.known.get(keyOf(channel, message.message_id));
      if (ts === undefined) asked.push(message);
      else found.set(message.message_id, ts);
    }
    const imported = await this.imported(channel, asked);
    const taken = await this.taken(
      channel,
      asked.filter(({ message_id }) => !imported.has(message_id)).map(({ message_id }) => tsOfId(message_id)),
    );
    for (const { message_id } of asked) {
      const own = tsOfId(message_id);
      const slack = imported.get(message_id);
      const ts = slack ?? (taken.has(own) ? tsBesideImported(message_id) : own);
      found.set(message_id, ts);
      this.known.set(keyOf(channel, message_id), ts, { ttl: slack === undefined ? fresh_ms : importedFresh_ms });
    }
    return found;
  }

  async ofOne(channel: ChannelId, message: Timed): Promise<string> {
    return (await this.of(channel, [message])).get(message.message_id)!;
  }

  /** The message that has this ts, a deleted one, too. */
  async find(channel: ChannelId, ts: string): Promise<Message | undefined> {
    if (!isTs(ts)) return undefined;
    const [identity] = isSlackTs(ts) ? await this.store.identities(channel, [identityOf(channel, ts)]) : [];
    if (identity) return this.store.message(channel, identity.message_id);
    const parts = idParts(ts);
    if (!parts) return undefined;
    const ids = (some: number[]): string[] =>
      some.map((partition) => snowflake(parts.time, partition, parts.counter).toString());
    const [own, ...others] = this.partitionsOf(channel);
    let candidates = await this.store.messages(channel, ids([own!]));
    for (let from = 0; candidates.length === 0 && from < others.length; from += idsAtOnce)
      candidates = await this.store.messages(channel, ids(others.slice(from, from + idsAtOnce)));
    // The id's own ts is not the message's where that was imported, or stands beside one that was.
    const times = await this.of(channel, candidates);
    return candidates.find(({ message_id }) => times.get(message_id) === ts);
  }

  /** Those that were imported from Slack, with the ts that they had there. Anyone may write such a client_msg_id: the store has the word. */
  private async imported(channel: ChannelId, messages: Timed[]): Promise<Map<string, string>> {
    const prefix = identityOf(channel, '');
    const claims = messages.filter(
      ({ client_msg_id: id }) => id.startsWith(prefix) && isSlackTs(id.slice(prefix.length)),
    );
    const found = await this.identities(
      channel,
      claims.map((message) => message.client_msg_id),
    );
    const imported = new Map<string, string>();
    for (const [i, { message_id, client_msg_id }] of claims.entries())
      if (found[i]?.message_id === message_id) imported.set(message_id, client_msg_id.slice(prefix.length));
    return imported;
  }

  /** Those of these ts that imported messages have. */
  private async taken(channel: ChannelId, times: string[]): Promise<Set<string>> {
    const plain = times.filter(isPlain);
    const found = await this.identities(
      channel,
      plain.map((ts) => identityOf(channel, ts)),
    );
    return new Set(plain.filter((_, i) => found[i] !== undefined));
  }

  private async identities(channel: ChannelId, ids: string[]) {
    const found: Awaited<ReturnType<MessageStore['identities']>> = [];
    for (let from = 0; from < ids.length; from += identitiesAtOnce)
      found.push(...(await this.store.identities(channel, ids.slice(from, from + identitiesAtOnce))));
    return found;
  }

  /** The channel's partition, and behind it those that it may have had when there were fewer. */
  private partitionsOf({ workspace_id, channel_id }: ChannelId): number[] {
    const key = channelKey(workspace_id, channel_id);
    const own = partitionOf(key, this.partitions);
    if (!this.moved) return [own];
    const hash = murmur2(Buffer.from(key)) & 0x7fffffff;
    return [...new Set([own, ...Array.from({ length: this.partitions }, (_, fewer) => hash % (fewer + 1))])];
  }
}

/** As imports name a message of Slack (cli/slack-export/message.ts). */
function identityOf({ channel_id }: ChannelId, ts: string): string {
  return `slack:${channel_id}:${ts}`;
}

function keyOf({ workspace_id, channel_id }: ChannelId, messageId: string): string {
  return `${channelKey(workspace_id, channel_id)}\0${messageId}`;
}
