import { MillraceError } from '../../platform/errors/error.ts';
import type { Admission } from '../admission.ts';
import type { CallContext, Caller } from '../calls/context.ts';
import { change, send } from '../calls/messages.ts';
import { presence, setStatus, typing } from '../calls/presence.ts';
import { markThreadRead } from '../calls/threads.ts';
import { markRead, markUnread } from '../calls/unreads.ts';
import { limits } from '../limits.ts';
import { checker } from '../rest/route.ts';
import { type ClientFrame, type ClientFrameType, clientFrames } from './frames.ts';
import type { Session } from './session.ts';

export type Answer = { type: string; [field: string]: unknown };

interface Handling {
  session: Session;
  context: CallContext;
  admission: Admission;
  caller: Caller;
}

type Handlers = {
  [Kind in ClientFrameType]: (frame: ClientFrame<Kind>, handling: Handling) => Promise<Answer | undefined>;
};

const checks = new Map(Object.entries(clientFrames).map(([type, schema]) => [type, checker(schema, 'frame')]));

/** Runs one frame; the answer without its id. Errors: as the REST call's. */
export async function handleFrame(type: string, frame: unknown, handling: Handling): Promise<Answer | undefined> {
  const check = checks.get(type);
  if (!check)
    throw new MillraceError(
      'invalid_request',
      `type: there is no frame "${type.slice(0, 50)}"; there are ${[...checks.keys()].join(', ')}`,
    );
  return handlers[type as 'ping'](check(frame) as ClientFrame<'ping'>, handling);
}

const ack = (body: object): Answer => ({ type: 'ack', ...body });

const handlers: Handlers = {
  ping: async () => ({ type: 'pong' }),
  send: async (frame, { context, caller }) => {
    const { message } = await send(context, caller, frame);
    return { type: 'ack', message };
  },
  edit: async (frame, { context, caller }) => ack(await change(context, caller, 'edit', frame)),
  delete: async (frame, { context, caller }) => ack(await change(context, caller, 'delete', frame)),
  react: async (frame, { context, caller }) => ack(await change(context, caller, 'react', frame)),
  unreact: async (frame, { context, caller }) => ack(await change(context, caller, 'unreact', frame)),
  read: async ({ channel_id, seq }, { context, caller, session }) =>
    ack(await markRead(context, caller, channel_id, seq, (request) => session.readBySelf(request))),
  unread: async ({ channel_id, seq }, { context, caller, session }) =>
    ack(await markUnread(context, caller, channel_id, seq, (request) => session.readBySelf(request))),
  'thread.read': async (frame, { context, caller, session }) =>
    ack(await markThreadRead(context, caller, frame, (request) => session.readBySelf(request))),
  resume: async ({ id, channels }, { session }) => {
    await session.resume(id, channels);
    return undefined;
  },
  auth: async ({ token }, { session, admission }) => {
    const identity = await admission.identify(token);
    const { workspace_id, user_id } = session.identity;
    if (identity.workspace_id !== workspace_id || identity.user_id !== user_id) {
      throw new MillraceError('forbidden', 'token: is another person’s; open another socket for them');
    }
    if (identity.expires > session.identity.expires) session.identity = identity;
    return ack({});
  },
  typing: async ({ channel_id }, { context, caller, session }) => {
    // A socket types only where it hears; elsewhere there is nobody to tell.
    if (session.hears(channel_id)) await typing(context, caller, channel_id);
    return undefined;
  },
  'presence.set': async ({ status, until, idle }, { context, caller, session }) => {
    if ((status === undefined) === (idle === undefined)) {
      throw new MillraceError('invalid_request', 'status, idle: give one of them');
    }
    if (status !== undefined) await setStatus(context, caller, status, until);
    if (idle !== undefined) await context.presence.setIdle(caller, session.connection_id, idle);
    return ack({});
  },
  'presence.watch': async ({ user_ids }, { context, caller, session }) => {
    const wanted = [...new Set(user_ids)];
    // Interest first: a change between the two is told, not missed.
    await context.watches.watch(session, caller.workspace_id, wanted);
    const states = [];
    for (let from = 0; from < wanted.length; from += limits.page) {
      states.push(...(await presence(context, caller, wanted.slice(from, from + limits.page))).presence);
    }
    return ack({ presence: states });
  },
};
