import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import cassandra from 'cassandra-driver';
import { twoCertificates } from '../../tests/support/certificate.ts';
import { nativeEngine } from '../../tests/support/native-engine.ts';
import { tlsProxy } from '../../tests/support/tls-proxy.ts';
import { fileCodec } from '../schemas/files.ts';
import { openCassandraMessages } from './cassandra/store.ts';

const contactPoint = nativeEngine('cassandra')['CASSANDRA_CONTACT_POINTS']!.split(',')[0]!;
const [host = '', port] = contactPoint.split(':');
const { own, other } = twoCertificates();
const proxy = await tlsProxy({ host, port: Number(port) }, own);
const localDataCenter = 'datacenter1';
const keyspace = `millrace_test_tls_${process.pid}`;
after(async () => {
  proxy.close();
  const client = new cassandra.Client({ contactPoints: [contactPoint], localDataCenter });
  await client.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`);
  await client.shutdown();
});

const open = (ca: string | undefined) =>
  openCassandraMessages(
    {
      contactPoints: [`127.0.0.1:${proxy.port}`],
      ...{ localDataCenter, keyspace, replication: { [localDataCenter]: 1 }, consistency: 'one', tls: { ca } },
    },
    fileCodec(),
  );

it('messages in Cassandra under TLS, whose certificate is checked', async () => {
  const store = await open(own.cert);
  assert.deepEqual(await store.head({ workspace_id: 'w', channel_id: 'c' }), { rev: 0, seq: 0 });
  await store.close();
  for (const ca of [other.cert, undefined]) await assert.rejects(open(ca), { code: 'unavailable' });
});
