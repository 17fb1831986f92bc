import type { Erasure } from '../../platform/directory/data-life-port.ts';
import { channelKey, erasedUser } from '../../platform/keys.ts';
import type { Append } from '../../platform/log/port.ts';
import { renewStale } from '../../platform/messages/cold/renew.ts';
import type { ChannelId, MessageStore } from '../../platform/messages/port.ts';
import { names } from '../../processors/sequence/erase.ts';
import type { ChangeMessage, Message, MessageCommand } from '../../schemas/generated/types.ts';
import { eachOf } from '../each-of.ts';
import { everyMessage } from './every-message.ts';
import type { Holds } from './holds.ts';
import { bySystem, type LifeParts, type Swept } from './parts.ts';

const page = 200;
/** What someone sent just before they were let in no more has its place by then. */
const grace_ms = 15_000;

/**
 * Takes people out of all that is kept, by the log where it is a channel's story: they leave, their messages are deleted and nobody's,
 * others' messages lose their reactions and name. Once a whole look finds nothing more, what is their own goes: rows, archive, directory.
 * Each step may be done again, so whatever ends in between goes on with the next sweep; held channels are waited for.
 */
export async function* erasePeople(
  parts: LifeParts,
  holds: Holds,
  done: Swept,
  signal: AbortSignal,
): AsyncGenerator<Swept> {
  for (const erasure of await parts.directory.openErasures()) {
    if (signal.aborted) return;
    if (await eraseOne(parts, holds, erasure, done, signal)) done.erased++;
    else done.waiting++;
    yield done;
  }
}

/** True once the person is erased. */
async function eraseOne(
  parts: LifeParts,
  holds: Holds,
  { workspace_id, user_id, requested_at }: Erasure & { user_id: string },
  done: Swept,
  signal: AbortSignal,
): Promise<boolean> {
  const { directory, store, tier, now } = parts;
  const person = { workspace_id, user_id };
  await directory.leaveAll(person, bySystem);
  const channels: string[] = [];
  let clean = now() >= requested_at + grace_ms;
  for await (const { channel_id } of eachOf((cursor) =>
    directory.everyChannel(workspace_id, { cursor, limit: page }),
  )) {
    if (signal.aborted) return false;
    channels.push(channel_id);
    if (await holds.keep({ workspace_id, channel_id })) {
      clean = false;
      continue;
    }
    const rewritten = await eraseInChannel(parts, { workspace_id, channel_id }, user_id);
    done.rewritten += rewritten;
    clean &&= rewritten === 0;
  }
  clean &&= !(await store.memberships(person)).some(({ joined }) => joined);
  if (!clean) return false;
  await store.forget(person, channels, erasedUser);
  if (tier) done.objects += await renewStale(tier, signal);
  if (signal.aborted) return false;
  await directory.finishErasure(person, bySystem);
  return true;
}

/** Commands what takes the person out of the channel's messages; how many that concerns. */
async function eraseInChannel({ store, log }: LifeParts, channel: ChannelId, userId: string): Promise<number> {
  let commands: Append[] = [];
  let rewritten = 0;
  const send = async (): Promise<void> => {
    if (commands.length > 0) await log.append(commands);
    commands = [];
  };
  for await (const message of everyMessage(store, channel)) {
    const change = await erasing(store, channel, message, userId);
    if (!change) continue;
    rewritten++;
    if (commands.push(commandOf(channel, change)) >= page) await send();
  }
  await send();
  return rewritten;
}

async function erasing(
  store: MessageStore,
  channel: ChannelId,
  message: Message,
  erased: string,
): Promise<ChangeMessage | undefined> {
  const own = message.user_id === erased;
  const versions = !own && message.edited_at !== null && (await wasNamed(store, channel, message.message_id, erased));
  if (!own && !versions && !tells(message, erased)) return undefined;
  const none = { mentions: [], reached: [], unreached: [] };
  const nothing = { text: '', ...none, mentions_channel: false, emoji: '', stamp: 0 };
  return { change: own ? 'delete' : 'edit', message, ...nothing, erased, versions };
}

/** Whether an earlier text names them: all that is kept, which may be more than is shown. */
async function wasNamed(store: MessageStore, channel: ChannelId, messageId: string, erased: string): Promise<boolean> {
  for (let before: number | undefined; ; ) {
    const versions = await store.versions(channel, messageId, page, before);
    if (versions.some(({ text }) => names(text, erased))) return true;
    if (versions.length < page) return false;
    before = versions.at(-1)!.rev;
  }
}

function tells(message: Message, person: string): boolean {
  return (
    names(message.text, person) ||
    message.mentions.some(({ user_id }) => user_id === person) ||
    message.mentions_here.includes(person) ||
    message.reached.some(({ user_id }) => user_id === person) ||
    message.reactions.some(({ user_ids }) => user_ids.includes(person)) ||
    (message.stamps?.reactions.some(({ user_id }) => user_id === person) ?? false)
  );
}

function commandOf({ workspace_id, channel_id }: ChannelId, change: ChangeMessage): Append {
  const value: MessageCommand = {
    workspace_id,
    channel_id,
    ...bySystem,
    carried: null,
    home: null,
    body: { ChangeMessage: change },
  };
  return { topic: 'message_commands', key: channelKey(workspace_id, channel_id), schema: 'MessageCommand', value };
}
