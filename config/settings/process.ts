import { Type } from '@sinclair/typebox';
import { keyBytes } from '../encryption-key.ts';
import { setting } from '../setting.ts';

/** The process itself, and what it keeps on disk. */
export const processSettings = {
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
    Type.Union([Type.Literal('auto'), Type.Literal('folder'), Type.Literal('off')], { default: 'auto' }),
    'At the start, auto: what an operator deployed runs, else the folder of topology files; folder: that one, whatever ran; off: what is deployed runs, and a start changes nothing.',
  ),
  partitions: setting(
    'MILLRACE_PARTITIONS',
    Type.Integer({ minimum: 1, maximum: 1024, default: 8 }),
    'Partitions of the topics keyed by channel or person. Once data exists, only `millrace repartition` changes it.',
  ),
  gateways: setting(
    'MILLRACE_GATEWAYS',
    Type.Integer({ minimum: 1, maximum: 1000, default: 1 }),
    'Slots for gateways, of which each edge process holds one; the same for every process.',
  ),
  namespace: setting(
    'MILLRACE_NAMESPACE',
    Type.String({ default: 'millrace', pattern: '^[a-z][a-z0-9_-]{0,40}$' }),
    'Before the names of topics, schemas, tables and indices on engines, so that several runs can share them.',
  ),
  log_level: setting(
    'MILLRACE_LOG_LEVEL',
    Type.Union(
      ['silent', 'error', 'warn', 'info', 'debug'].map((level) => Type.Literal(level)),
      { default: 'warn' },
    ),
    'Least severe lines to log, as JSON on stderr.',
  ),
  encryption_key: setting(
    'MILLRACE_ENCRYPTION_KEY',
    Type.Optional(Type.String()),
    'Encrypts what the embedded stores keep on disk: 32 bytes, as base64 or hexadecimal. Data keeps the key it began with.',
    { secret: true, check: (text) => (keyBytes(text) ? undefined : 'must be 32 bytes, as base64 or hexadecimal') },
  ),
} as const;
