import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { copyDataFolder } from '../embedded/copy-folder.ts';
import { MillraceError } from '../errors/error.ts';
import { type OpenObjects, objectsContract } from './contract.ts';
import { openObjectFolder } from './folder/objects.ts';
import { openS3Objects } from './s3/s3.ts';
import { credentials, startS3Server } from './s3/s3-server.ts';

const scratch = (): Promise<string> => mkdtemp(`${tmpdir()}/millrace-objects-`);
const is =
  (code: string, detail = /./) =>
  (error: unknown) =>
    error instanceof MillraceError && error.code === code && detail.test(error.detail);

async function inFolder(key?: Buffer): Promise<OpenObjects> {
  const folder = await scratch();
  return {
    objects: await openObjectFolder(`${folder}/objects`, key),
    damage: (name, change) => changeFile(`${folder}/objects/${name}`, change),
    close: () => rm(folder, { recursive: true }),
  };
}

async function changeFile(file: string, change: (bytes: Buffer) => Buffer): Promise<void> {
  await writeFile(file, change(await readFile(file)));
}

async function onS3(): Promise<OpenObjects & { endpoint: string }> {
  const directory = await scratch();
  const server = await startS3Server(directory, 'cold');
  const { endpoint } = server;
  const objects = openS3Objects({
    bucket: 'cold',
    region: 'us-east-1',
    endpoint,
    pathStyle: true,
    prefix: 'm/',
    credentials,
  });
  return {
    objects,
    endpoint,
    damage: (name, change) => changeFile(`${directory}/cold/m/${name}._S3rver_object`, change),
    close: async () => {
      await objects.close();
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
}

objectsContract('folder', () => inFolder());
objectsContract('folder, encrypted', () => inFolder(Buffer.alloc(32, 7)));
// Its lists are in another order than S3's where a name has a character before the slash.
objectsContract('S3', onS3, 'aB0_=');

describe('a folder of objects', () => {
  it('forgets what a crash left half written, and keeps the rest', async () => {
    const folder = await scratch();
    const first = await openObjectFolder(folder);
    await first.put('whole', Buffer.from('whole'));
    await writeFile(`${folder}/.unfinished/0`, 'half');
    const second = await openObjectFolder(folder);
    assert.deepEqual(await readdir(`${folder}/.unfinished`), []);
    await second.put('other', Buffer.from('other'));
    assert.deepEqual(
      (await second.list('', { limit: 9 })).objects.map(({ name }) => name),
      ['other', 'whole'],
    );
    await rm(folder, { recursive: true });
  });

  it('holds nothing in plain with a key, and opens with no other', async () => {
    const folder = await scratch();
    const key = Buffer.alloc(32, 1);
    await (await openObjectFolder(folder, key)).put('a', Buffer.from('in confidence'));
    assert.doesNotMatch((await readFile(`${folder}/a`)).toString('latin1'), /confidence/);
    await assert.rejects(openObjectFolder(folder), is('data_key_wrong'));
    await assert.rejects(openObjectFolder(folder, Buffer.alloc(32, 2)), is('data_key_wrong'));
    assert.equal((await (await openObjectFolder(folder, key)).get('a'))!.toString(), 'in confidence');
    // An object moved to another's name is not that one.
    await mkdir(`${folder}/b`);
    await writeFile(`${folder}/b/c`, await readFile(`${folder}/a`));
    await assert.rejects((await openObjectFolder(folder, key)).get('b/c'), is('data_damaged'));
    await rm(folder, { recursive: true });
    assert.ok(!existsSync(folder));
  });
});

it('objects come along to another key, with the rest of the data folder', async () => {
  const folder = await scratch();
  const [from, to] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  await (await openObjectFolder(`${folder}/old/objects`, from)).put('a/b', Buffer.from('kept'));
  await copyDataFolder(`${folder}/old`, `${folder}/new`, { from, to });
  assert.equal((await (await openObjectFolder(`${folder}/new/objects`, to)).get('a/b'))!.toString(), 'kept');
  await assert.rejects(openObjectFolder(`${folder}/new/objects`, from), is('data_key_wrong'));
  await rm(folder, { recursive: true });
});

describe('objects on S3', () => {
  it('says that a bucket is not there, and never the secret', async () => {
    const { endpoint, close } = await onS3();
    const none = openS3Objects({ bucket: 'none', region: 'us-east-1', endpoint, pathStyle: true, credentials });
    for (const call of [() => none.put('a', Buffer.from('a')), () => none.get('a'), () => none.list('', { limit: 1 })])
      await assert.rejects(
        call(),
        (error) => is('unavailable', /bucket none: /)(error) && !/S3RVER/.test(String(error)),
      );
    await none.close();
    await close();
  });

  it('waits no longer than its deadlines for a server that says nothing, and says so where none is', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const options = {
      bucket: 'cold',
      region: 'us-east-1',
      pathStyle: true,
      credentials,
      deadlines: { call: 300, bytes: 300 },
    };
    const objects = openS3Objects({ ...options, endpoint: `http://127.0.0.1:${port}` });
    const began = Date.now();
    for (const call of [
      () => objects.get('a'),
      () => objects.put('a', Buffer.from('a')),
      () => objects.list('', { limit: 1 }),
    ])
      await assert.rejects(call(), is('unavailable', /in time/));
    assert.ok(Date.now() - began < 5000);
    await objects.close();
    for (const socket of sockets) socket.destroy();
    silent.close();
    await once(silent, 'close');
    const away = openS3Objects({ ...options, endpoint: `http://127.0.0.1:${port}` });
    await assert.rejects(away.get('a'), is('unavailable'));
    await away.close();
  });
});
