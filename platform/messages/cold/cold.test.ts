import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { openEngine } from '../../embedded/engine.ts';
import { MillraceError } from '../../errors/error.ts';
import { openObjectFolder } from '../../objects/folder/objects.ts';
import type { Objects } from '../../objects/port.ts';
import { fileCodec } from '../../schemas/files.ts';
import { messagesContract, type OpenMessages } from '../contract.ts';
import { fixture } from '../fixture.ts';
import { lifeContract } from '../life.contract.ts';
import { orderContract } from '../order.contract.ts';
import type { MessageStore, RowWrite } from '../port.ts';
import { archive } from './archive.ts';
import { coldFile, readColdFile } from './file.ts';
import { type ColdTier, renewBelow, renewStale } from './renew.ts';
import { objectOf } from './stub.ts';
import { TieredMessages } from './tiered.ts';

const codec = fileCodec();
const all = { before: Number.MAX_SAFE_INTEGER, least: 1 };
const channel = { workspace_id: 'w', channel_id: 'c' };
const never = new AbortController().signal;

async function openTiers() {
  const folder = await mkdtemp(`${tmpdir()}/millrace-cold-`);
  const engine = openEngine(`${folder}/log`, codec);
  const objects = await openObjectFolder(`${folder}/objects`);
  const store = new TieredMessages(engine.messages, objects, codec);
  const close = async () => {
    await engine.close();
    await rm(folder, { recursive: true });
  };
  return { store, objects, close };
}

async function archived(store: TieredMessages, objects: Objects, request = all): Promise<number> {
  let messages = 0;
  for await (const done of archive(store.hot, objects, codec, request, never)) messages = done.messages;
  return messages;
}

/** Everything goes cold as soon as it is written, so whatever the contract reads comes from objects. */
async function openCold(): Promise<OpenMessages> {
  const { store, objects, close } = await openTiers();
  const write = async (rows: RowWrite[]): Promise<void> => {
    await store.hot.write(rows);
    await archived(store, objects);
  };
  const cold: MessageStore = new Proxy(store, {
    get: (target, name) => {
      if (name === 'write') return write;
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { store: cold, close };
}

messagesContract('lmdb, everything cold', openCold);
lifeContract('lmdb, everything cold', openCold);
orderContract('lmdb, everything cold', openCold, 25);

describe('the cold tier', () => {
  const rows = (n: number): RowWrite[] =>
    Array.from({ length: n }, (_, i) => ({ kind: 'message', ...channel, message: fixture(String(1001 + i), i + 1) }));
  const is = (code: string, detail: RegExp) => (error: unknown) =>
    error instanceof MillraceError && error.code === code && detail.test(error.detail);
  const objectsOf = async (objects: Objects) =>
    (await objects.list('', { limit: 1000 })).objects.map(({ name }) => name);

  /** A page without the classes that Avro makes its records of. */
  const page = async (store: MessageStore): Promise<object> =>
    JSON.parse(JSON.stringify(await store.history(channel, { newest: true, limit: 2000 }))) as object;

  it('leaves stubs, which hold nothing of what was said, and reads the same as before', async () => {
    const { store, objects, close } = await openTiers();
    await store.write(rows(30));
    const before = await page(store);
    assert.equal(await archived(store, objects, { before: 21, least: 1 }), 20);
    const hot = await store.hot.history(channel, { newest: true, limit: 100 });
    assert.equal(hot.messages.filter((message) => objectOf(message) !== undefined).length, 20);
    assert.doesNotMatch(JSON.stringify(hot.messages.slice(0, 20)), /"m\d+"|"c\d+"/);
    assert.deepEqual(await page(store), before);
    assert.equal((await objectsOf(objects)).length, 1);
    assert.equal(await archived(store, objects, { before: 21, least: 1 }), 0, 'a repeat changes nothing');
    assert.equal(await archived(store, objects, { before: 100, least: 11 }), 0, 'too few wait');
    assert.deepEqual(store.counts, { asked: 20, loaded: 1 }, 'one reading serves a page');
    await close();
  });

  it('loses and doubles nothing where it is cut anywhere, and makes the same object again', async () => {
    const { store, objects, close } = await openTiers();
    await store.write(rows(1200));
    const before = await page(store);
    // The nth step fails, and everything after it: an object, or a part of its stubs.
    for (let steps = 0; steps < 3; steps++) {
      let left = steps;
      const step = async (act: () => Promise<void>): Promise<void> => {
        if (left-- <= 0) throw new Error('killed');
        await act();
      };
      const dying = Object.assign(Object.create(objects) as Objects, {
        put: (name: string, content: Buffer) => step(() => objects.put(name, content)),
      });
      const hot = Object.assign(Object.create(store.hot) as typeof store.hot, {
        putStubs: (...args: Parameters<typeof store.hot.putStubs>) => step(() => store.hot.putStubs(...args)),
        scan: store.hot.scan.bind(store.hot),
      });
      const run = async () => {
        for await (const _ of archive(hot, dying, codec, all, never));
      };
      await assert.rejects(run(), /killed/);
      assert.equal((await objectsOf(objects)).length, Math.min(1, steps));
      assert.deepEqual(await page(store), before, `after ${steps} steps`);
    }
    await archived(store, objects);
    assert.deepEqual(await page(store), before);
    const stubs = (await store.hot.history(channel, { newest: true, limit: 2000 })).messages;
    assert.ok(stubs.every((message) => objectOf(message) !== undefined));
    await close();
  });

  it('goes on with edits, deletions and replies of what is archived', async () => {
    const { store, objects, close } = await openTiers();
    await store.write(rows(3));
    await archived(store, objects);
    const [first] = await store.messages(channel, ['1001']);
    await store.write([{ kind: 'message', ...channel, message: { ...first!, rev: 9, text: 'edited' } }]);
    await store.write([{ kind: 'reply_count', ...channel, root_id: '1002', reply_count: 4 }]);
    await store.write([
      { kind: 'message', ...channel, message: fixture('1003', 3, { rev: 10, text: '', deleted: true }) },
    ]);
    const shown = async () =>
      (await store.history(channel, { newest: true, limit: 9 })).messages.map((message) => [
        message.text,
        message.reply_count,
      ]);
    const wanted = [
      ['edited', 0],
      ['m2', 4],
      ['', 0],
    ];
    assert.deepEqual(await shown(), wanted);
    assert.equal(await archived(store, objects), 1, 'what was edited goes again, what was deleted stays');
    assert.deepEqual(await shown(), wanted);
    await close();
  });

  it('makes objects anew without what was changed, deleted or trimmed since, wherever that is cut', async () => {
    const said = async (objects: Objects): Promise<string[]> => {
      const texts: string[] = [];
      for (const name of await objectsOf(objects))
        for (const message of (await readColdFile(name, (await objects.get(name))!, channel, codec)).values())
          texts.push(message.text);
      return texts.sort();
    };
    for (let steps = 0; steps < 4; steps++) {
      const { store, objects, close } = await openTiers();
      await store.write(rows(6));
      await archived(store, objects);
      const [second] = await store.messages(channel, ['1002']);
      await store.write([
        { kind: 'message', ...channel, message: { ...second!, rev: 9, text: 'edited' } },
        { kind: 'message', ...channel, message: fixture('1003', 3, { rev: 10, text: '', deleted: true }) },
      ]);
      const before = await page(store);
      let left = steps;
      const step = async <Result>(act: () => Promise<Result>): Promise<Result> => {
        if (left-- <= 0) throw new Error('killed');
        return act();
      };
      const dying = Object.assign(Object.create(objects) as Objects, {
        put: (name: string, content: Buffer) => step(() => objects.put(name, content)),
        remove: (name: string) => step(() => objects.remove(name)),
      });
      const hot = Object.assign(Object.create(store.hot) as typeof store.hot, {
        putStubs: (...args: Parameters<typeof store.hot.putStubs>) => step(() => store.hot.putStubs(...args)),
      });
      const run = (tier: ColdTier) => renewStale(tier, never);
      if (steps < 3) await assert.rejects(run({ hot, objects: dying, codec }), /killed/);
      assert.deepEqual(await page(store), before, `after ${steps} steps`);
      await run({ hot: store.hot, objects, codec });
      assert.deepEqual(await said(objects), ['m1', 'm4', 'm5', 'm6']);
      assert.deepEqual(await page(store), before);
      assert.equal(await run({ hot: store.hot, objects, codec }), 0, 'nothing is left to do');

      await store.write([{ kind: 'trim', ...channel, trim: { below_id: '1005', seq: 4, rev: 4 } }]);
      assert.equal(await renewBelow({ hot: store.hot, objects, codec }, channel, '1001'), 0, 'none lies below that');
      assert.equal(await renewBelow({ hot: store.hot, objects, codec }, channel, '1005'), 1);
      assert.deepEqual(await said(objects), ['m5', 'm6']);
      await store.write([{ kind: 'trim', ...channel, trim: { below_id: '1007', seq: 6, rev: 6 } }]);
      assert.equal(await renewBelow({ hot: store.hot, objects, codec }, channel, '1007'), 1);
      assert.deepEqual(await objectsOf(objects), []);
      await close();
    }
  });

  for (const [when, renews] of [
    ['it is archived', false],
    ['its object is made anew', true],
  ] as const) {
    it(`keeps no text of a message that is deleted while ${when}`, async () => {
      const { store, objects, close } = await openTiers();
      await store.write(rows(3));
      const deleted = (n: number) => fixture(`${1000 + n}`, n, { rev: 9 + n, text: '', deleted: true });
      const late = Object.assign(Object.create(objects) as Objects, {
        put: async (name: string, content: Buffer) => {
          await objects.put(name, content);
          await store.write([{ kind: 'message', ...channel, message: deleted(2) }]);
        },
      });
      if (renews) {
        await archived(store, objects);
        await store.write([{ kind: 'message', ...channel, message: deleted(1) }]);
        await renewStale({ hot: store.hot, objects: late, codec }, never);
      } else await archived(store, late);
      await renewStale({ hot: store.hot, objects, codec }, never);
      const texts: string[] = [];
      for (const name of await objectsOf(objects))
        for (const { text } of (await readColdFile(name, (await objects.get(name))!, channel, codec)).values())
          texts.push(text);
      assert.deepEqual(texts, renews ? ['m3'] : ['m1', 'm3']);
      assert.equal(await renewStale({ hot: store.hot, objects, codec }, never), 0, 'nothing is left to do');
      await close();
    });
  }

  it('tells again of an object that changes while it is settled', async () => {
    const { store, objects, close } = await openTiers();
    await store.write(rows(3));
    await archived(store, objects);
    const gone = (n: number) => ({
      kind: 'message' as const,
      ...channel,
      message: fixture(`${1000 + n}`, n, { rev: 9 + n, text: '', deleted: true }),
    });
    await store.write([gone(1)]);
    const [stale] = (await store.hot.stale(null)).objects;
    await store.write([gone(2)]);
    await store.hot.settleStale(stale!);
    const again = (await store.hot.stale(null)).objects;
    assert.equal(again.length, 1);
    await store.hot.settleStale(again[0]!);
    assert.deepEqual((await store.hot.stale(null)).objects, []);
    await close();
  });

  it('reads on where an object is made anew between a stub and what it names', async () => {
    const { store, objects, close } = await openTiers();
    await store.write(rows(3));
    await archived(store, objects);
    const [first] = await store.messages(channel, ['1001']);
    await store.write([{ kind: 'message', ...channel, message: { ...first!, rev: 9, text: 'edited' } }]);
    const late = Object.assign(Object.create(objects) as Objects, {
      get: async (name: string) => {
        await renewStale({ hot: store.hot, objects, codec }, never);
        return objects.get(name);
      },
    });
    const { messages } = await new TieredMessages(store.hot, late, codec).history(channel, { newest: true, limit: 9 });
    assert.deepEqual(
      messages.map(({ text }) => text),
      ['edited', 'm2', 'm3'],
    );
    await close();
  });

  it('does not put a stub over what was written since', async () => {
    const { store, objects, close } = await openTiers();
    await store.write(rows(2));
    const late = Object.assign(Object.create(objects) as Objects, {
      put: async (name: string, content: Buffer) => {
        await objects.put(name, content);
        await store.write([
          { kind: 'message', ...channel, message: fixture('1001', 1, { rev: 7, text: 'meanwhile' }) },
        ]);
      },
    });
    await archived(store, late);
    assert.deepEqual(
      (await store.history(channel, { newest: true, limit: 9 })).messages.map(({ text }) => text),
      ['meanwhile', 'm2'],
    );
    await close();
  });

  it('names the object that is cut, another channel’s, or gone, and gives nothing instead', async () => {
    const { store, objects, close } = await openTiers();
    await store.write(rows(3));
    await archived(store, objects);
    const [name] = await objectsOf(objects);
    const file = (await objects.get(name!))!;
    const foreign = await coldFile({ workspace_id: 'v', channel_id: 'c' }, [fixture('1001', 1)], codec);
    const few = await coldFile(channel, [fixture('1001', 1)], codec);
    for (const [bytes, why] of [
      [file.subarray(0, file.length - 9), /can not be unpacked/],
      [Buffer.from('not one of ours'), /is no file of messages/],
      [foreign, /is of the channel c of v/],
      [few, /lacks message/],
      [undefined, /is not there/],
    ] as const) {
      await objects.remove(name!);
      if (bytes) await objects.put(name!, bytes);
      const fresh = new TieredMessages(store.hot, objects, codec);
      await assert.rejects(fresh.history(channel, { newest: true, limit: 9 }), is('data_damaged', why));
    }
    await close();
  });
});
