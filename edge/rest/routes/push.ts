import { Type } from '@sinclair/typebox';
import {
  addDevice,
  devices,
  pushLevel,
  pushLevels,
  quietHours,
  removeDevice,
  setPushLevel,
  setQuietHours,
  setWorkspacePolicy,
  workspacePolicy,
} from '../../calls/push.ts';
import { Id } from '../../wire/schemas.ts';
import { route } from '../route.ts';

const none = Type.Object({});
const ofChannel = Type.Object({ channel_id: Id });
/** What Google's and Apple's tokens are made of. */
const Token = Type.String({ pattern: '^[A-Za-z0-9_:.=/+-]{1,4096}$' });
const Platform = Type.Union([Type.Literal('fcm'), Type.Literal('apns')]);
const Device = Type.Object({ platform: Platform, token: Token });
const Level = Type.Union([Type.Literal('all'), Type.Literal('mentions'), Type.Literal('none')]);
const Clock = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' });
const Hours = Type.Object({ zone: Type.String({ maxLength: 64 }), from: Clock, to: Clock });
const Bodies = Type.Union([Type.Literal('shown'), Type.Literal('withheld')]);

const ofHours = {
  200: { description: 'Null: none.', schema: Type.Object({ quiet_hours: Type.Union([Hours, Type.Null()]) }) },
};
const ofWorkspace = {
  200: {
    description: 'The workspace’s own settings.',
    schema: Type.Object({ workspace: Type.Object({ workspace_id: Id, push_bodies: Bodies }) }),
  },
};

export const pushRoutes = [
  route({
    method: 'POST',
    path: '/v1/devices',
    summary: 'Adds a push target',
    params: none,
    query: none,
    body: Device,
    responses: {
      201: {
        description: 'It gets pushes from now on, and nobody else’s; at `most` the one added first goes.',
        schema: Type.Object({ device: Device, most: Type.Integer() }),
      },
    },
    handle: async (context, { caller, body }) => ({ status: 201, body: await addDevice(context, caller, body) }),
  }),
  route({
    method: 'GET',
    path: '/v1/devices',
    summary: 'One’s own push targets',
    params: none,
    query: none,
    responses: {
      200: {
        description: 'In the order in which they were added.',
        schema: Type.Object({ devices: Type.Array(Device) }),
      },
    },
    handle: async (context, { caller }) => ({ status: 200, body: await devices(context, caller) }),
  }),
  route({
    method: 'DELETE',
    path: '/v1/devices/:token',
    summary: 'Removes a push target',
    params: Type.Object({ token: Token }),
    query: none,
    responses: { 204: { description: 'It gets no more pushes.' } },
    handle: async (context, { caller, params }) => {
      await removeDevice(context, caller, params.token);
      return { status: 204 };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/channels/:channel_id/notifications',
    summary: 'What may push to one in a channel',
    params: ofChannel,
    query: none,
    responses: {
      200: {
        description: 'Null: none was set; all in dms and groups, mentions elsewhere.',
        schema: Type.Object({ channel_id: Id, level: Type.Union([Level, Type.Null()]) }),
      },
    },
    handle: async (context, { caller, params }) => ({
      status: 200,
      body: await pushLevel(context, caller, params.channel_id),
    }),
  }),
  route({
    method: 'PUT',
    path: '/v1/channels/:channel_id/notifications',
    summary: 'Sets what may push to one in a channel',
    params: ofChannel,
    query: none,
    body: Type.Object({ level: Level }),
    responses: {
      200: { description: 'In force within 10 s.', schema: Type.Object({ channel_id: Id, level: Level }) },
    },
    handle: async (context, { caller, params, body }) => ({
      status: 200,
      body: await setPushLevel(context, caller, params.channel_id, body.level),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/notifications',
    summary: 'What may push to one, of each channel in which one set it',
    params: none,
    query: none,
    responses: {
      200: {
        description: 'By channel id; channels without a level of one’s own are left out.',
        schema: Type.Object({ levels: Type.Array(Type.Object({ channel_id: Id, level: Level })) }),
      },
    },
    handle: async (context, { caller }) => ({ status: 200, body: await pushLevels(context, caller) }),
  }),
  route({
    method: 'GET',
    path: '/v1/quiet_hours',
    summary: 'The hours of each day in which nothing pushes to one',
    params: none,
    query: none,
    responses: ofHours,
    handle: async (context, { caller }) => ({ status: 200, body: await quietHours(context, caller) }),
  }),
  route({
    method: 'PUT',
    path: '/v1/quiet_hours',
    summary: 'Sets them, on the clock of a time zone; from may be later than to',
    params: none,
    query: none,
    body: Hours,
    responses: ofHours,
    handle: async (context, { caller, body }) => ({ status: 200, body: await setQuietHours(context, caller, body) }),
  }),
  route({
    method: 'DELETE',
    path: '/v1/quiet_hours',
    summary: 'Ends them',
    params: none,
    query: none,
    responses: ofHours,
    handle: async (context, { caller }) => ({ status: 200, body: await setQuietHours(context, caller, null) }),
  }),
  route({
    method: 'GET',
    path: '/v1/workspace',
    summary: 'Settings of one’s workspace',
    params: none,
    query: none,
    responses: ofWorkspace,
    handle: async (context, { caller }) => ({ status: 200, body: await workspacePolicy(context, caller) }),
  }),
  route({
    method: 'PATCH',
    path: '/v1/workspace',
    summary: 'Sets whether pushes say what was written: admins and owners',
    params: none,
    query: none,
    body: Type.Object({ push_bodies: Bodies }),
    responses: ofWorkspace,
    handle: async (context, { caller, body }) => ({
      status: 200,
      body: await setWorkspacePolicy(context, caller, body.push_bodies),
    }),
  }),
];
