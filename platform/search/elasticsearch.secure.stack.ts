import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { twoCertificates } from '../../tests/support/certificate.ts';
import { nativeEngine } from '../../tests/support/native-engine.ts';
import { tlsProxy } from '../../tests/support/tls-proxy.ts';
import { openElasticsearch } from './elasticsearch.ts';

const plain = new URL(nativeEngine('elasticsearch')['ELASTICSEARCH_URL']!);
const { own, other } = twoCertificates();
const proxy = await tlsProxy({ host: plain.hostname, port: Number(plain.port) }, own);
after(() => proxy.close());

const open = (ca: string | undefined) =>
  openElasticsearch({ urls: [`https://127.0.0.1:${proxy.port}`], ca, prefix: `test-tls-${process.pid}` });

it('search in Elasticsearch under TLS, whose certificate is checked', async () => {
  const index = await open(own.cert);
  assert.equal((await index.generations()).length, 1);
  await index.close();
  for (const ca of [other.cert, undefined])
    await assert.rejects(open(ca), { code: 'unavailable', message: /certificate|self-signed/ });
  const response = await fetch(`${plain.origin}/_cat/indices/test-tls-${process.pid}-*?h=index`);
  for (const name of (await response.text()).split('\n').filter((line) => line !== ''))
    await fetch(`${plain.origin}/${name}`, { method: 'DELETE' });
});
