import type { Access } from '../../platform/directory/port.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import type { ChannelId } from '../../platform/messages/port.ts';
import { isId } from '../auth/claims.ts';
import type { CallContext, Caller } from '../calls/context.ts';
import { allow } from '../policy.ts';
import type { Arguments } from './arguments.ts';
import { inSlackWords, SlackError, type Words } from './errors.ts';
import type { MessageTimes } from './message-times.ts';

/** One call of Slack's Web API, as a translation of the edge's own calls. */
export interface SlackMethod {
  name: string;
  /** What the answer holds besides `ok`. Errors: `SlackError`, and those of the edge's calls. */
  run(call: SlackCall): Promise<object>;
}

/** A call under way. */
export interface SlackCall {
  context: CallContext;
  caller: Caller;
  args: Arguments;
  times: MessageTimes;
  /** Where the caller reached this server: `https://chat.example.org`. */
  origin: string;
  /** Makes the address of a socket for the caller. Error: `too_many_websockets`. */
  socketUrl(): string;
  /** Before work that is as much as one more call: counts it as one. Errors: `rate_limited`; `request_timeout` once nobody waits any more. */
  again(): void;
}

/** A channel that the caller may read, and what the directory says of the two. */
export interface Reading {
  channel_id: string;
  id: ChannelId;
  access: Access;
}

/** The channel that an argument names by its id, where the caller may read it. Errors: `channel_not_found`, `invalid_arguments`. */
export function readable(call: SlackCall): Promise<Reading> {
  return readableById(call, call.args.needed('channel'));
}

export async function readableById({ context, caller }: SlackCall, channel_id: string): Promise<Reading> {
  // What can be no id is no channel's.
  const access = isId(channel_id) ? await context.access.of(caller, channel_id) : undefined;
  allowed(() => allow('read', access, caller), access);
  return { channel_id, id: { workspace_id: caller.workspace_id, channel_id }, access: access! };
}

/** The work of one of the edge's calls, its refusal in Slack's words. */
export async function said<Result>(work: Promise<Result>, access?: Access, words?: Words): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof MillraceError ? inSlackWords(error, access, words) : error;
  }
}

/** A cursor of ours, told from what is none. Error: `invalid_cursor`. */
export function readCursor(cursor: string | undefined, kind: string): string | undefined {
  if (cursor === undefined) return undefined;
  const [found, value] = split(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (found !== kind || value === '') throw new SlackError('invalid_cursor', 'cursor: is none that this call gave');
  return value;
}

export function writeCursor(kind: string, value: string | null | undefined): { next_cursor: string } {
  return { next_cursor: value ? Buffer.from(`${kind}:${value}`).toString('base64url') : '' };
}

function split(text: string): [string, string] {
  const at = text.indexOf(':');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function allowed(check: () => unknown, access: Access | undefined): void {
  try {
    check();
  } catch (error) {
    throw error instanceof MillraceError ? inSlackWords(error, access) : error;
  }
}
