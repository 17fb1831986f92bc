import { Type } from '@sinclair/typebox';
import { onOff, setting } from '../setting.ts';

/** The message store. */
export const cassandraSettings = {
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
  cassandra_password: setting('MILLRACE_CASSANDRA_PASSWORD', Type.Optional(Type.String()), 'Of that user.', {
    secret: true,
  }),
  cassandra_tls: setting('MILLRACE_CASSANDRA_TLS', onOff('off'), 'Whether its nodes are spoken to under TLS.'),
  cassandra_ca: setting(
    'MILLRACE_CASSANDRA_CA',
    Type.Optional(Type.String()),
    'With MILLRACE_CASSANDRA_TLS=on: file with the authorities that their certificates may come from. Default: those of Node.',
  ),
} as const;
