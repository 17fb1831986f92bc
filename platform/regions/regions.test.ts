import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { regionReads } from '../../server/regions/serve.ts';
import { MemoryLog } from '../log/memory.ts';
import { fileCodec } from '../schemas/files.ts';
import { peerLogContract } from './contract.ts';
import { HttpPeer } from './http-peer.ts';
import { LogPeer } from './log-peer.ts';
import { linkedTopics } from './port.ts';

const codec = fileCodec();
const kept = 20;
const token = 'the token of the regions';

async function memoryLog(): Promise<MemoryLog> {
  const log = new MemoryLog(codec, Date.now, kept);
  const rest = { partitions: 2, retention_ms: null, compact: false, volatile: true };
  await log.declare(linkedTopics.map((name) => ({ name, ...rest })));
  return log;
}

async function served() {
  const log = await memoryLog();
  const answers = regionReads(log, token);
  const server = createServer((request, response) => {
    if (!answers(request, response)) response.writeHead(404).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await log.close();
  };
  return { log, url, close };
}

describe('peer log contract: a log itself', () =>
  peerLogContract(async () => {
    const log = await memoryLog();
    const peer = new LogPeer(log);
    return { peer, log, close: () => peer.close() };
  }, kept));

describe('peer log contract: by HTTP', () =>
  peerLogContract(async () => {
    const { log, url, close } = await served();
    const peer = new HttpPeer({ url, token }, codec);
    return { peer, log, close: () => peer.close().then(close) };
  }, kept));

describe('a region’s log by HTTP', () => {
  it('is read by those alone who know the token, and only what regions need', async () => {
    const { url, close } = await served();
    const stranger = new HttpPeer({ url, token: 'another token, just as long' }, codec);
    await assert.rejects(stranger.bounds('message_events'), { code: 'unauthenticated' });
    const peer = new HttpPeer({ url, token }, codec);
    await assert.rejects(peer.bounds('message_commands' as 'message_events'), { code: 'not_found' });
    await assert.rejects(peer.read('message_events', ['x'] as never, 1, 1), { code: 'invalid_request' });
    await close();
    await assert.rejects(peer.bounds('message_events'), { code: 'unavailable' });
  });
});

describe('a region that takes questions and never answers', () => {
  it('is unavailable in time, and at once where its peer is closed', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const peer = new HttpPeer({ url, token }, codec, 500);
    // A deadline must not be collected before its time comes.
    const collecting = setInterval(collect, 50);
    await assert.rejects(peer.bounds('message_events'), { code: 'unavailable' });
    clearInterval(collecting);
    const reading = peer.read('message_events', [0, 0], 10, 60_000);
    await peer.close();
    await assert.rejects(reading, { code: 'unavailable' });
    server.closeAllConnections();
    server.close();
  });
});
