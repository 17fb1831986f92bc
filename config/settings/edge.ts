import { Type } from '@sinclair/typebox';
import { workspaceAddresses, workspaceList } from '../placement.ts';
import { onOff, problemOf, setting } from '../setting.ts';

/** Who may come in, and how they are served. */
export const edgeSettings = {
  jwt_secret: setting(
    'MILLRACE_JWT_SECRET',
    Type.Optional(Type.String()),
    'Key of HS256 tokens, at least 32 bytes. Default: one made at the first start and kept in the data folder.',
    {
      secret: true,
      check: (text) => (Buffer.byteLength(text) < 32 ? 'must have at least 32 bytes' : undefined),
    },
  ),
  jwks_url: setting(
    'MILLRACE_JWKS_URL',
    Type.Optional(Type.String({ pattern: '^https?://' })),
    'Key set for RS256, ES256 and EdDSA tokens; HS256 is then refused.',
  ),
  jwt_issuer: setting('MILLRACE_JWT_ISSUER', Type.Optional(Type.String()), 'Issuer that tokens must name.'),
  jwt_audience: setting('MILLRACE_JWT_AUDIENCE', Type.Optional(Type.String()), 'Audience that tokens must name.'),
  provisioning: setting(
    'MILLRACE_PROVISIONING',
    Type.Union([Type.Literal('jit'), Type.Literal('closed')], { default: 'jit' }),
    'jit: a valid token’s first use creates its workspace and user; closed: unknown ones are refused.',
  ),
  workspaces: setting(
    'MILLRACE_WORKSPACES',
    Type.Optional(Type.String()),
    'Workspaces that are served here, ids separated by commas: a shard of their own. Default: all but those that are elsewhere.',
    { check: (text) => problemOf(() => workspaceList(text)) },
  ),
  workspaces_elsewhere: setting(
    'MILLRACE_WORKSPACES_ELSEWHERE',
    Type.Optional(Type.String()),
    'Workspaces that lie on other shards, as id=https://address separated by commas: they are refused here, and told where.',
    { check: (text) => problemOf(() => workspaceAddresses(text)) },
  ),
  rate_limit: setting(
    'MILLRACE_RATE_LIMIT',
    Type.Union([Type.Literal('on'), Type.Literal('off')], { default: 'on' }),
    '100 requests a second for each user, bursts of 200; off is for load tests.',
  ),
  audit_days: setting(
    'MILLRACE_AUDIT_DAYS',
    Type.Integer({ minimum: 1, maximum: 3650, default: 365 }),
    'How long the directory keeps audit records, in days; the topic audit_events has a retention of its own.',
  ),
  egress_memory: setting(
    'MILLRACE_EGRESS_MEMORY',
    Type.Integer({ minimum: 1, default: 256 }),
    'Unsent bytes of all sockets together, in MiB; past it the slowest are closed.',
  ),
  sockets: setting(
    'MILLRACE_SOCKETS',
    Type.Integer({ minimum: 1, default: 50_000 }),
    'Open sockets of one gateway; past it a client is sent `reconnect` and closed with 1012. Each takes an open file, so keep it below what the process may open (`ulimit -n`).',
  ),
  transport: setting(
    'MILLRACE_TRANSPORT',
    Type.Union([Type.Literal('auto'), Type.Literal('uws'), Type.Literal('ws')], { default: 'auto' }),
    'uws: uWebSockets.js; ws: its replacement in JavaScript; auto: uws where its binary loads.',
  ),
  slack_api: setting(
    'MILLRACE_SLACK_API',
    onOff('on'),
    'Whether a part of Slack’s Web API and Socket Mode is served for bots, under /api/ (docs/slack-api.md).',
  ),
  tls_cert: setting(
    'MILLRACE_TLS_CERT',
    Type.Optional(Type.String()),
    'File with the certificate, and those between it and its authority, under which REST and sockets are served. Default: no TLS.',
  ),
  tls_key: setting('MILLRACE_TLS_KEY', Type.Optional(Type.String()), 'File with its private key.'),
} as const;
