import { Type } from '@sinclair/typebox';
import { mostRetentionDays } from '../../../platform/directory/data-life-port.ts';
import { erase, erasures, holds, putHold, releaseHold, retention, setRetention } from '../../calls/data-life.ts';
import { Id, nullable, Time } from '../../wire/schemas.ts';
import { route } from '../route.ts';

const none = Type.Object({});
const ofChannel = Type.Object({ channel_id: Id });
const Days = nullable(Type.Integer({ minimum: 1, maximum: mostRetentionDays }));
const ChannelDays = nullable(Type.Integer({ minimum: 0, maximum: mostRetentionDays }));
const Reason = Type.String({ minLength: 1, maxLength: 500 });

const ofWorkspace = {
  200: { description: 'Null: for good.', schema: Type.Object({ retention: Type.Object({ days: Days }) }) },
};
const keptInChannel = {
  200: {
    description:
      'days: null as the workspace says, 0 for good; kept_days: what that comes to, null for good; history_from: the message id at which the history begins by now.',
    schema: Type.Object({
      retention: Type.Object({ days: ChannelDays, kept_days: Days, history_from: nullable(Type.String()) }),
    }),
  },
};
const Hold = Type.Object({
  hold_id: Id,
  channel_id: nullable(Id),
  user_id: nullable(Id),
  reason: Reason,
  created_by: Id,
  created_at: Time,
});
const Erasure = Type.Object({ user_id: nullable(Id), requested_at: Time, done_at: nullable(Time) });

export const dataLifeRoutes = [
  route({
    method: 'GET',
    path: '/v1/retention',
    summary: 'How long messages of the workspace are kept',
    params: none,
    query: none,
    responses: ofWorkspace,
    handle: async (context, { caller }) => ({ status: 200, body: await retention(context, caller) }),
  }),
  route({
    method: 'PUT',
    path: '/v1/retention',
    summary: 'Sets that, in days, null for good: admins and owners. What is older goes within minutes, for ever',
    params: none,
    query: none,
    body: Type.Object({ days: Days }),
    responses: ofWorkspace,
    handle: async (context, { caller, body }) => ({
      status: 200,
      body: await setRetention(context, caller, body.days),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/channels/:channel_id/retention',
    summary: 'How long messages of a channel are kept',
    params: ofChannel,
    query: none,
    responses: keptInChannel,
    handle: async (context, { caller, params }) => ({
      status: 200,
      body: await retention(context, caller, params.channel_id),
    }),
  }),
  route({
    method: 'PUT',
    path: '/v1/channels/:channel_id/retention',
    summary: 'Sets that, in days, null as the workspace says, 0 for good: admins and owners',
    params: ofChannel,
    query: none,
    body: Type.Object({ days: ChannelDays }),
    responses: keptInChannel,
    handle: async (context, { caller, params, body }) => ({
      status: 200,
      body: await setRetention(context, caller, body.days, params.channel_id),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/holds',
    summary: 'Legal holds: admins and owners',
    params: none,
    query: none,
    responses: { 200: { description: 'By id.', schema: Type.Object({ holds: Type.Array(Hold) }) } },
    handle: async (context, { caller }) => ({ status: 200, body: await holds(context, caller) }),
  }),
  route({
    method: 'PUT',
    path: '/v1/holds/:hold_id',
    summary:
      'Holds what is in a channel, where a person is or was, or (neither named) everything, whatever retention says, and keeps people from being erased: admins and owners',
    params: Type.Object({ hold_id: Id }),
    query: none,
    body: Type.Object({ channel_id: Type.Optional(Id), user_id: Type.Optional(Id), reason: Reason }),
    responses: { 200: { description: 'For all that begins after it.', schema: Type.Object({ hold: Hold }) } },
    handle: async (context, { caller, params, body }) => ({
      status: 200,
      body: await putHold(context, caller, params.hold_id, body),
    }),
  }),
  route({
    method: 'DELETE',
    path: '/v1/holds/:hold_id',
    summary: 'Releases a hold: what retention says counts again',
    params: Type.Object({ hold_id: Id }),
    query: none,
    responses: { 204: { description: 'It holds nothing any more.' } },
    handle: async (context, { caller, params }) => {
      await releaseHold(context, caller, params.hold_id);
      return { status: 204 };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/users/:user_id',
    summary: 'Erases a person, for good: owners',
    params: Type.Object({ user_id: Id }),
    query: none,
    responses: {
      202: {
        description:
          'Their access and name are gone now; what they wrote, and what names them, is taken away within the hour.',
        schema: Type.Object({ erasure: Erasure }),
      },
    },
    handle: async (context, { caller, params }) => ({
      status: 202,
      body: await erase(context, caller, params.user_id),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/erasures',
    summary: 'Who is being erased, and how many were: owners',
    params: none,
    query: none,
    responses: {
      200: {
        description: 'The newest 200; user_id is null once it is done.',
        schema: Type.Object({ erasures: Type.Array(Erasure) }),
      },
    },
    handle: async (context, { caller }) => ({ status: 200, body: await erasures(context, caller) }),
  }),
];
