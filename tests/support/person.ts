import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { AuditEntry, Channel, Group, Head, Member, Message, MessageVersion, User } from '../../client/wire.ts';
import type { Front } from './server.ts';
import { secret } from './server.ts';
import { openSocket, type TestSocket } from './socket.ts';

/** Whatever a call answers; a test reads the fields that its call has. */
export interface Body {
  message: Message;
  messages: Message[];
  has_more_before: boolean;
  has_more_after: boolean;
  head: Head;
  channel: Channel;
  channels: (Channel & { last_seq: number; last_read_seq: number; unread: number; mentions: number })[];
  next_cursor: string | null;
  members: Member[];
  user: User;
  entries: AuditEntry[];
  group: Group & { members: string[] };
  groups: Group[];
  participants: string[];
  last_read_id: string | null;
  versions: MessageVersion[];
  channel_id: string;
  users: User[];
  last_read_seq: number;
  unread: number;
  mentions: number;
  total_unread: number;
  total_mentions: number;
  hits: { message: Message; highlights: string[]; score: number }[];
  total: number;
  suggestion?: string;
  results: { status: string; id: string; code?: string; detail?: string }[];
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  presence: { user_id: string; status: string; last_active_at?: string; until?: string }[];
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Body;
}

/** Signs a token; `claims` adds to and replaces the usual ones, an undefined one is left out. */
export async function token(claims: { [claim: string]: unknown }, key = secret): Promise<string> {
  const usual = { exp: Math.floor(Date.now() / 1000) + 3600 };
  return new SignJWT(JSON.parse(JSON.stringify({ ...usual, ...claims })) as { [claim: string]: unknown })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(key));
}

/** A call with any headers and body. */
export async function call(
  server: Front,
  method: string,
  path: string,
  headers: { [name: string]: string } = {},
  body?: string | Blob,
): Promise<Answer> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, body: json as Body };
}

/** Someone with a token, who calls and listens. */
export class Person {
  constructor(
    readonly server: Front,
    readonly workspace: string,
    readonly id: string,
    readonly token: string,
  ) {}

  get(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  post(path: string, body: unknown, headers: { [name: string]: string } = {}): Promise<Answer> {
    return this.call('POST', path, body, headers);
  }

  put(path: string, body?: unknown): Promise<Answer> {
    return this.call('PUT', path, body);
  }

  patch(path: string, body: unknown): Promise<Answer> {
    return this.call('PATCH', path, body);
  }

  delete(path: string): Promise<Answer> {
    return this.call('DELETE', path);
  }

  /** Sends, and expects it to be taken. */
  async say(channel: string, text: string, more: { thread_id?: string; client_msg_id?: string } = {}) {
    const answer = await this.post('/v1/messages', { channel_id: channel, text, client_msg_id: randomUUID(), ...more });
    if (answer.status !== 201) throw new Error(`not sent: ${JSON.stringify(answer.body)}`);
    return answer.body.message;
  }

  /** Makes a channel, and expects that to work. */
  async makes(type: string, name: string | undefined, members: Person[] = []): Promise<string> {
    const answer = await this.post('/v1/channels', { type, name, members: members.map((member) => member.id) });
    if (answer.status !== 201) throw new Error(`not made: ${JSON.stringify(answer.body)}`);
    return answer.body.channel.channel_id;
  }

  /** A socket that has had its hello. */
  async socket(): Promise<TestSocket> {
    const socket = openSocket(this.server, this.token);
    await socket.next('hello');
    return socket;
  }

  private call(method: string, path: string, body?: unknown, headers: { [name: string]: string } = {}) {
    return call(
      this.server,
      method,
      path,
      {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body === undefined ? undefined : JSON.stringify(body),
    );
  }
}

/** People of a workspace that no other test knows. The directory knows each after their first call. */
export function workspace(server: Front, id: string = randomUUID()) {
  return {
    id,
    async person(user: string, role?: string, more: { [claim: string]: unknown } = {}): Promise<Person> {
      const signed = await token({ sub: user, workspace_id: id, role, ...more });
      const person = new Person(server, id, user, signed);
      const { status } = await person.get('/v1/unreads');
      if (status !== 200) throw new Error(`${user} is not let in: ${status}`);
      return person;
    },
  };
}
