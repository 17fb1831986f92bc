import { Type } from '@sinclair/typebox';
import { setting } from '../setting.ts';

/** How phones are reached. */
export const pushSettings = {
  push: setting(
    'MILLRACE_PUSH',
    Type.Union([Type.Literal('print'), Type.Literal('providers')], { default: 'print' }),
    'print: a line for each push, to whom and not what; providers: Google’s and Apple’s push services.',
  ),
  fcm_credentials: setting(
    'MILLRACE_FCM_CREDENTIALS',
    Type.Optional(Type.String()),
    'JSON of the service account by which Firebase Cloud Messaging is used. Unset: none to Android.',
    { secret: true },
  ),
  apns_key: setting(
    'MILLRACE_APNS_KEY',
    Type.Optional(Type.String()),
    'Text of the .p8 file by which Apple’s push service is used. Unset: none to Apple’s devices.',
    { secret: true },
  ),
  apns_key_id: setting('MILLRACE_APNS_KEY_ID', Type.Optional(Type.String()), 'Id of that key.'),
  apns_team_id: setting('MILLRACE_APNS_TEAM_ID', Type.Optional(Type.String()), 'Id of the team that owns the key.'),
  apns_topic: setting('MILLRACE_APNS_TOPIC', Type.Optional(Type.String()), 'Bundle id of the app.'),
  apns_host: setting(
    'MILLRACE_APNS_HOST',
    Type.String({ default: 'api.push.apple.com' }),
    'Apple’s server; api.sandbox.push.apple.com for apps under development.',
  ),
  push_proxy: setting(
    'MILLRACE_PUSH_PROXY',
    Type.Optional(Type.String({ pattern: '^http://' })),
    'HTTP proxy (CONNECT) by which both services are reached. Default: none. One that reads along needs NODE_EXTRA_CA_CERTS.',
  ),
} as const;
