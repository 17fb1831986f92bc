import type { Channel, ChannelType, PresenceStatus } from '../client/index.ts';
import type { FakeCall } from './fake-call.ts';
import { groupCall } from './fake-groups.ts';
import type { Room } from './fake-room.ts';
import { search } from './fake-search.ts';
import { type FakeWorkspace, NAMES, Refusal } from './fake-workspace.ts';

/** Answers the REST calls that the page makes; undefined is 204. Throws `Refusal`. */
export function answer(workspace: FakeWorkspace, call: FakeCall): object | undefined {
  const [, , what, id = '', ...rest] = call.url.pathname.split('/').map(decodeURIComponent);
  const query = call.url.searchParams;
  if (what === 'unreads') {
    if (call.method === 'PUT') for (const room of workspace.own(call.user)) room.read.set(call.user, room.seq);
    const channels = workspace.own(call.user).map((room) => workspace.unread(room, call.user));
    return { channels, total_unread: 0, total_mentions: 0 };
  }
  const set = workspace.settings.answer(call, what ?? '', id);
  if (set !== null) return set;
  if (what === 'users') return id ? person(workspace, id) : people(workspace, query.get('prefix') ?? '');
  if (what === 'groups') return groupCall(workspace, call, id);
  if (what === 'search') return search(workspace, query);
  if (what === 'presence') {
    const { status, until } = call.body as { status: PresenceStatus; until?: string };
    workspace.setPresence(call.user, status, until);
    return { presence: [{ user_id: call.user, status }] };
  }
  if (what !== 'channels') throw new Refusal(404, 'not_found', 'There is no such call.');
  if (id) return inChannel(workspace, call, workspace.find(id), rest);
  if (call.method === 'POST') {
    const members = [call.user, ...((call.body['members'] as string[] | undefined) ?? [])];
    const made = workspace.room(String(call.body['name'] ?? ''), call.body['type'] as ChannelType, members);
    return { channel: workspace.find(made).channel };
  }
  const member = query.get('member') !== 'false';
  const rooms = [...workspace.rooms.values()].filter(
    ({ members, channel }) => members.has(call.user) === member && (member || channel.type === 'public'),
  );
  return { channels: rooms.map(counted), next_cursor: null };
}

function inChannel(workspace: FakeWorkspace, call: FakeCall, room: Room, rest: string[]): object | undefined {
  const [part, sub = '', more, emoji = ''] = rest;
  const { user, method, body, tell } = call;
  const id = room.channel.channel_id;
  const query = call.url.searchParams;
  const set = workspace.settings.ofChannel(room, call, part ?? '');
  if (set) return set;
  if (!part && method === 'PATCH') workspace.alter(room, body as Partial<Channel>);
  if (!part) return { channel: counted(room) };
  if (part === 'read' || part === 'unread') {
    const seq = Number(body['seq']);
    room.read.set(user, part === 'read' ? Math.max(room.read.get(user) ?? 0, seq) : seq - 1);
    const marker = workspace.unread(room, user);
    tell({ type: 'read', ...marker });
    return marker;
  }
  if (part === 'members') {
    if (!sub) return { members: [...room.members].map((user_id) => ({ user_id, role: 'member' })), next_cursor: null };
    if (method === 'PUT') room.members.add(sub);
    else room.members.delete(sub);
    return undefined;
  }
  if (!sub) return history(room, query);
  if (more === 'edits') return { versions: workspace.versions.get(sub) ?? [] };
  if (more === 'thread') return thread(workspace, call, room, sub);
  if (more === 'reactions') return { message: workspace.react(id, sub, emoji, user, method === 'PUT') };
  if (method === 'DELETE')
    return { message: workspace.change(id, sub, 'message.deleted', { text: '', deleted: true }) };
  const edited_at = new Date().toISOString();
  return { message: workspace.change(id, sub, 'message.edited', { text: String(body['text']), edited_at }) };
}

function thread({ threadRead }: FakeWorkspace, { user, method, body, url, tell }: FakeCall, room: Room, root: string) {
  const { channel_id } = room.channel;
  const key = `${user} ${root}`;
  if (method === 'PUT') {
    threadRead.set(key, String(body['message_id']));
    const marker = { channel_id, thread_id: root, last_read_id: threadRead.get(key) };
    tell({ type: 'thread.read', ...marker });
    return marker;
  }
  const after = BigInt(url.searchParams.get('after') ?? 0);
  const replies = room.messages.filter(({ thread_id }) => thread_id === root);
  const all = [...room.messages.filter(({ message_id }) => message_id === root), ...replies];
  return {
    messages: all.filter((m) => BigInt(m.message_id) > after),
    has_more_after: false,
    participants: [...new Set(replies.map(({ user_id }) => user_id))],
    last_read_id: threadRead.get(key) ?? replies.findLast(({ user_id }) => user_id === user)?.message_id ?? null,
  };
}

function counted({ channel, members, log, seq }: Room): object {
  return { ...channel, member_count: members.size, head: { rev: log.length, seq } };
}

function person({ erased, settings }: FakeWorkspace, id: string): object {
  if (!NAMES[id] || erased.has(id)) throw new Refusal(404, 'not_found', 'There is no such person.');
  return { user: { user_id: id, name: NAMES[id], role: 'member', deactivated: settings.deactivated.has(id) } };
}

function people({ erased }: FakeWorkspace, prefix: string): object {
  const wanted = prefix.toLowerCase();
  const found = Object.entries(NAMES).filter(
    ([id, name]) => !erased.has(id) && [id, name.toLowerCase()].some((s) => s.startsWith(wanted)),
  );
  return { users: found.map(([user_id, name]) => ({ user_id, name })), next_cursor: null };
}

function history({ messages, log, seq }: Room, query: URLSearchParams): object {
  const top = messages.filter(({ thread_id }) => thread_id === null);
  const limit = Number(query.get('limit') ?? 50);
  const at = (name: string) => top.findIndex(({ message_id }) => message_id === query.get(name));
  let from = Math.max(0, top.length - limit);
  let to = top.length;
  if (query.has('before')) [from, to] = [Math.max(0, at('before') - limit), at('before')];
  else if (query.has('after')) [from, to] = [at('after') + 1, at('after') + 1 + limit];
  else if (query.has('around')) [from, to] = [Math.max(0, at('around') - limit / 2), at('around') + limit / 2];
  const head = { rev: log.length, seq };
  return { messages: top.slice(from, to), has_more_before: from > 0, has_more_after: to < top.length, head };
}
