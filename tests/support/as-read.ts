import { mergeMarkers } from '../../platform/messages/markers.ts';
import type { MessageStore } from '../../platform/messages/port.ts';
import type { SearchDocument } from '../../platform/search/port.ts';
import type { Emitted, SeenDeadLetter } from '../../runtime/testing/read-back.ts';
import type {
  Answer,
  InterestMarker,
  MessageEvent,
  PersonEvent,
  PresenceChanged,
  ReadMarker,
} from '../../schemas/generated/types.ts';

/** What readers make of what sinks wrote, each by its own rule (docs/guarantees.md): repeats are theirs to know. */

/** Events of channels: a rev that is known already is dropped. What is left must follow each other without a gap. */
export function eventsAsRead(outputs: Emitted[]): MessageEvent[] {
  const known = new Map<string, number>();
  const kept: MessageEvent[] = [];
  for (const { key, value } of outputs) {
    const event = value as MessageEvent;
    const channel = `${key} ${event.channel_id}`;
    const last = known.get(channel) ?? 0;
    if (event.rev <= last) continue;
    known.set(channel, event.rev);
    kept.push(event);
  }
  return kept;
}

/** Answers: the first one to a request counts. */
export function answersAsRead(outputs: Emitted[]): Answer[] {
  const known = new Set<number>();
  const answers = outputs.map(({ value }) => value as Answer);
  return answers.filter(({ reply_to }) => !known.has(reply_to.request) && known.add(reply_to.request));
}

/** What concerns people: markers merge by their maximum, of memberships the highest rev counts, whoever waits is told once. */
export function peopleAsRead(outputs: Emitted[]): { [what: string]: unknown } {
  const markers: { [at: string]: ReadMarker } = {};
  const memberships: { [at: string]: { rev: number; joined: boolean } } = {};
  const told = new Set<number>();
  for (const { key, value } of outputs) {
    const { user_id, body } = value as PersonEvent;
    if ('ReadMoved' in body) {
      const { channel_id, marker, reply_to } = body.ReadMoved;
      const at = `${key} ${user_id} ${channel_id}`;
      markers[at] = markers[at] ? mergeMarkers(markers[at], marker) : marker;
      if (reply_to) told.add(reply_to.request);
    } else if ('MembershipChanged' in body) {
      const { channel_id, joined, rev } = body.MembershipChanged;
      const at = `${key} ${user_id} ${channel_id}`;
      if (rev > (memberships[at]?.rev ?? -1)) memberships[at] = { rev, joined };
    }
  }
  return { markers, memberships, told: [...told].sort((a, b) => a - b) };
}

/** Statuses: the last one counts. Typing: that it came. Markers of interests: known by the number that asked. */
export function statusesAsRead(outputs: Emitted[]): { [at: string]: string } {
  return Object.fromEntries(
    outputs.map(({ key, value }) => [
      `${key} ${(value as PresenceChanged).user_id}`,
      (value as PresenceChanged).status,
    ]),
  );
}

export function setAsRead(outputs: Emitted[]): string[] {
  return [...new Set(outputs.map(({ key, value }) => JSON.stringify([key, value])))].sort();
}

export function asksAsRead(outputs: Emitted[]): number[] {
  return [...new Set(outputs.map(({ value }) => (value as InterestMarker).ask))];
}

/** A search index: of each message the document with the highest rev. */
export function documentsAsRead(documents: SearchDocument[]): { [message: string]: SearchDocument } {
  const kept: { [message: string]: SearchDocument } = {};
  for (const document of documents) {
    const at = `${document.channel_id} ${document.message_id}`;
    if (document.rev > (kept[at]?.rev ?? 0)) kept[at] = document;
  }
  return kept;
}

/** Dead letters: one for each node and place of its record, whatever the number of tries. */
export function lettersAsRead(letters: SeenDeadLetter[]): string[] {
  return [
    ...new Set(
      letters.map(({ node, topic, partition, offset, cause }) =>
        JSON.stringify([node, topic, partition, offset, cause]),
      ),
    ),
  ];
}

const channels = ['a', 'b'];
const people = ['alice', 'bob', 'eve', 'zoe'];

/** All that the message store's readers can see of a workspace. */
export async function storeAsRead(store: MessageStore, workspace_id: string): Promise<unknown> {
  const ofChannels = await Promise.all(
    channels.map(async (channel_id) => {
      const channel = { workspace_id, channel_id };
      const { messages, head } = await store.history(channel, { newest: true, limit: 200 });
      const roots = messages.filter(({ reply_count }) => reply_count > 0);
      return {
        head,
        messages,
        threads: await Promise.all(roots.map((root) => store.thread(channel, root.message_id, { limit: 100 }))),
        versions: await Promise.all(messages.map(({ message_id }) => store.versions(channel, message_id, 100))),
        participants: await Promise.all(
          roots.map((root) => store.threadState({ workspace_id, user_id: 'alice' }, channel_id, root.message_id)),
        ),
        events: await store.eventsAfter(channel, 0, 1000),
        identities: await store.identities(channel, ['slack:1']),
      };
    }),
  );
  const ofPeople = await Promise.all(
    people.map(async (user_id) => ({
      memberships: await store.memberships({ workspace_id, user_id }),
      markers: await Promise.all(channels.map((channel) => store.marker({ workspace_id, user_id }, channel))),
      unreads: await store.unreads({ workspace_id, user_id }, channels),
    })),
  );
  return { channels: ofChannels, people: ofPeople };
}
