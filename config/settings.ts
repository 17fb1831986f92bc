import { type Static, type TSchema, Type } from '@sinclair/typebox';

/**
 * Every setting: its environment variable, default, bounds and help. Parsing, `--help`, errors and docs/configuration.md
 * come from here. An empty variable counts as unset.
 */
export const settings = {
  port: setting(
    'PORT',
    Type.Integer({ minimum: 0, maximum: 65_535, default: 8080 }),
    'Port of REST, sockets and the web page. 0 takes a free one.',
  ),
  host: setting(
    'MILLRACE_HOST',
    Type.Optional(Type.String()),
    'Address to listen on. Default: every address of the machine.',
  ),
  data_dir: setting(
    'MILLRACE_DATA_DIR',
    Type.String({ default: './.millrace' }),
    'Folder of the embedded log, stores and secrets.',
  ),
  topologies: setting(
    'MILLRACE_TOPOLOGIES',
    Type.Optional(Type.String()),
    'Folder of topology files. Default: those that come with Millrace.',
  ),
  processors: setting(
    'MILLRACE_PROCESSORS',
    Type.Optional(Type.String()),
    'Folder of processors of your own, beside those that come with Millrace.',
  ),
  deploy: setting(
    'MILLRACE_DEPLOY',
    Type.Union([Type.Literal('auto'), Type.Literal('folder')], { default: 'auto' }),
    'At the start, auto: what an operator deployed runs, else the folder of topology files; folder: that one, whatever ran.',
  ),
  partitions: setting(
    'MILLRACE_PARTITIONS',
    Type.Integer({ minimum: 1, maximum: 1024, default: 8 }),
    'Partitions of the topics keyed by channel or person. Final once data exists.',
  ),
  log: setting(
    'MILLRACE_LOG',
    Type.Union([Type.Literal('embedded'), Type.Literal('kafka')], { default: 'embedded' }),
    'Where the log is kept.',
  ),
  kafka_brokers: setting(
    'MILLRACE_KAFKA_BROKERS',
    Type.Optional(Type.String()),
    'With MILLRACE_LOG=kafka: some of its brokers, host:port, separated by commas.',
  ),
  kafka_replication: setting(
    'MILLRACE_KAFKA_REPLICATION',
    Type.Integer({ minimum: 1, maximum: 7, default: 1 }),
    'Copies of each topic that is made; 3 where there are three brokers or more.',
  ),
  schema_registry: setting(
    'MILLRACE_SCHEMA_REGISTRY',
    Type.Optional(Type.String({ pattern: '^https?://' })),
    'URL of a Confluent-compatible registry for the log’s schemas. Default: the files that come with Millrace.',
  ),
  namespace: setting(
    'MILLRACE_NAMESPACE',
    Type.String({ default: 'millrace', pattern: '^[a-z][a-z0-9_-]{0,40}$' }),
    'Before the names of topics, schemas, tables and indices on engines, so that several runs can share them.',
  ),
  store: setting(
    'MILLRACE_STORE',
    Type.Union([Type.Literal('embedded'), Type.Literal('cassandra')], { default: 'embedded' }),
    'Where messages are kept.',
  ),
  cassandra_contact_points: setting(
    'MILLRACE_CASSANDRA_CONTACT_POINTS',
    Type.Optional(Type.String()),
    'With MILLRACE_STORE=cassandra: some of its nodes, host:port, separated by commas.',
  ),
  cassandra_datacenter: setting(
    'MILLRACE_CASSANDRA_DATACENTER',
    Type.String({ default: 'datacenter1' }),
    'The datacenter whose nodes are asked.',
  ),
  cassandra_replication: setting(
    'MILLRACE_CASSANDRA_REPLICATION',
    Type.Integer({ minimum: 1, maximum: 7, default: 1 }),
    'Copies of each row, for a keyspace that is made; with one, one node’s word is enough, else the quorum’s.',
  ),
  cassandra_username: setting('MILLRACE_CASSANDRA_USERNAME', Type.Optional(Type.String()), 'Where it asks for one.'),
  cassandra_password: setting('MILLRACE_CASSANDRA_PASSWORD', Type.Optional(Type.String()), 'Of that user.', true),
  search: setting(
    'MILLRACE_SEARCH',
    Type.Union([Type.Literal('embedded'), Type.Literal('elasticsearch')], { default: 'embedded' }),
    'Where the search index is kept.',
  ),
  elasticsearch_url: setting(
    'MILLRACE_ELASTICSEARCH_URL',
    Type.Optional(Type.String({ pattern: '^https?://' })),
    'With MILLRACE_SEARCH=elasticsearch: addresses of its nodes, separated by commas, with user and password where it asks.',
    true,
  ),
  directory: setting(
    'MILLRACE_DIRECTORY',
    Type.Union([Type.Literal('embedded'), Type.Literal('postgres')], { default: 'embedded' }),
    'Where people, channels and memberships are kept.',
  ),
  postgres_url: setting(
    'MILLRACE_POSTGRES_URL',
    Type.Optional(Type.String({ pattern: '^postgres(ql)?://' })),
    'With MILLRACE_DIRECTORY=postgres: postgres://user:password@host:port/database.',
    true,
  ),
  jwt_secret: setting(
    'MILLRACE_JWT_SECRET',
    Type.Optional(Type.String({ minLength: 32 })),
    'Key of HS256 tokens, at least 32 bytes. Default: one made at the first start and kept in the data folder.',
    true,
  ),
  ops_port: setting(
    'MILLRACE_OPS_PORT',
    Type.Integer({ minimum: 0, maximum: 65_535, default: 0 }),
    'Port of the operators’ page and admin API. 0 takes a free one; `millrace ops` says which.',
  ),
  ops_host: setting(
    'MILLRACE_OPS_HOST',
    Type.String({ default: '127.0.0.1' }),
    'Address on which operators are listened to. What they see is private: keep it off public networks.',
  ),
  ops_token: setting(
    'MILLRACE_OPS_TOKEN',
    Type.Optional(Type.String({ minLength: 16 })),
    'What operators must show on that port. Default: one made at the first start and kept in the data folder.',
    true,
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
  rate_limit: setting(
    'MILLRACE_RATE_LIMIT',
    Type.Union([Type.Literal('on'), Type.Literal('off')], { default: 'on' }),
    '100 requests a second for each user, bursts of 200; off is for load tests.',
  ),
  egress_memory: setting(
    'MILLRACE_EGRESS_MEMORY',
    Type.Integer({ minimum: 1, default: 256 }),
    'Unsent bytes of all sockets together, in MiB; past it the slowest are closed.',
  ),
  transport: setting(
    'MILLRACE_TRANSPORT',
    Type.Union([Type.Literal('auto'), Type.Literal('uws'), Type.Literal('ws')], { default: 'auto' }),
    'uws: uWebSockets.js; ws: its replacement in JavaScript; auto: uws where its binary loads.',
  ),
  log_level: setting(
    'MILLRACE_LOG_LEVEL',
    Type.Union(
      ['silent', 'error', 'warn', 'info', 'debug'].map((level) => Type.Literal(level)),
      { default: 'warn' },
    ),
    'Least severe lines to log, as JSON on stderr.',
  ),
} as const;

export type Settings = { -readonly [Name in keyof typeof settings]: Static<(typeof settings)[Name]['schema']> };

interface Setting<Schema extends TSchema> {
  env: string;
  schema: Schema;
  help: string;
  /** Never printed. */
  secret: boolean;
}

function setting<Schema extends TSchema>(env: string, schema: Schema, help: string, secret = false): Setting<Schema> {
  return { env, schema, help, secret };
}
