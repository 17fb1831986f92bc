import { Type } from '@sinclair/typebox';
import { onOff, setting } from '../setting.ts';

/** The log, and its schemas. */
export const kafkaSettings = {
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
  log_generation: setting(
    'MILLRACE_LOG_GENERATION',
    Type.Integer({ minimum: 1, default: 1 }),
    'Which generation of the log’s topics counts; the same for every process. `millrace repartition` makes the next one, and says when to set this.',
  ),
  schema_registry: setting(
    'MILLRACE_SCHEMA_REGISTRY',
    Type.Optional(Type.String({ pattern: '^https?://' })),
    'URL of a Confluent-compatible registry for the log’s schemas, with user and password where it asks. Default: the files that come with Millrace.',
    { secret: true },
  ),
  schema_registry_ca: setting(
    'MILLRACE_SCHEMA_REGISTRY_CA',
    Type.Optional(Type.String()),
    'With https: file with the authorities that the registry’s certificate may come from. Default: those of Node.',
  ),
  schema_registry_token: setting(
    'MILLRACE_SCHEMA_REGISTRY_TOKEN',
    Type.Optional(Type.String()),
    'A bearer token for the registry, instead of user and password.',
    { secret: true },
  ),
  kafka_tls: setting('MILLRACE_KAFKA_TLS', onOff('off'), 'Whether brokers are spoken to under TLS.'),
  kafka_ca: setting(
    'MILLRACE_KAFKA_CA',
    Type.Optional(Type.String()),
    'With MILLRACE_KAFKA_TLS=on: file with the authorities that their certificates may come from. Default: those of Node.',
  ),
  kafka_sasl: setting(
    'MILLRACE_KAFKA_SASL',
    Type.Optional(Type.Union([Type.Literal('plain'), Type.Literal('scram-sha-256'), Type.Literal('scram-sha-512')])),
    'How brokers are told who this is. Default: not at all. `plain` shows them the password: with TLS only.',
  ),
  kafka_username: setting('MILLRACE_KAFKA_USERNAME', Type.Optional(Type.String()), 'With MILLRACE_KAFKA_SASL.'),
  kafka_password: setting('MILLRACE_KAFKA_PASSWORD', Type.Optional(Type.String()), 'Of that user.', { secret: true }),
} as const;
