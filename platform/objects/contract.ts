import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MillraceError } from '../errors/error.ts';
import { isObjectName, mostObjectBytes, type Objects } from './port.ts';

export interface OpenObjects {
  objects: Objects;
  /** Changes an object's bytes behind the adapter's back. */
  damage(name: string, change: (bytes: Buffer) => Buffer): Promise<void>;
  close(): Promise<void>;
}

const refused =
  (code: string, detail = /./) =>
  (error: unknown) =>
    error instanceof MillraceError && error.code === code && detail.test(error.detail);

/** What every adapter of the objects port must do. `letters`: of the names that are listed. */
export function objectsContract(name: string, open: () => Promise<OpenObjects>, letters = 'aB0-_=.'): void {
  describe(`objects contract: ${name}`, () => {
    const withObjects = (run: (opened: OpenObjects) => Promise<void>) => async (): Promise<void> => {
      const opened = await open();
      try {
        await run(opened);
      } finally {
        await opened.close();
      }
    };

    it(
      'gives back what was put, whole and as a stream, of every size',
      withObjects(async ({ objects }) => {
        for (const bytes of [0, 1, 1000, 65_536, 5 * 2 ** 20 + 1]) {
          const content = randomBytes(bytes);
          await objects.put(`sizes/${bytes}`, content);
          assert.ok((await objects.get(`sizes/${bytes}`))!.equals(content), `${bytes} bytes`);
          assert.ok((await buffer((await objects.stream(`sizes/${bytes}`))!)).equals(content), `${bytes} as a stream`);
        }
        assert.equal(await objects.get('sizes/7'), undefined);
        assert.equal(await objects.stream('sizes/7'), undefined);
        assert.equal(await objects.get('sizes'), undefined, 'a folder is no object');
        assert.equal(await objects.stream('sizes'), undefined);
      }),
    );

    it(
      'changes no object: the same once more is nothing, others are refused',
      withObjects(async ({ objects }) => {
        await objects.put('a/b', Buffer.from('one'));
        await objects.put('a/b', Buffer.from('one'));
        await assert.rejects(objects.put('a/b', Buffer.from('two')), refused('conflict', /a\/b/));
        assert.equal((await objects.get('a/b'))!.toString(), 'one');
        await objects.remove('a/b');
        await objects.remove('a/b');
        await objects.remove('never/there');
        assert.equal(await objects.get('a/b'), undefined);
        await objects.put('a/b', Buffer.from('two'));
        assert.equal((await objects.get('a/b'))!.toString(), 'two');
      }),
    );

    it(
      'lists by prefix in the order of bytes, a page after the other, whatever the names',
      withObjects(async ({ objects }) => {
        const part = fc.string({
          unit: fc.constantFrom(...letters),
          minLength: 1,
          maxLength: 3,
        });
        const names = fc
          .array(
            fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => `${parts.join('/')}/x`),
            { maxLength: 12 },
          )
          .map((all) => [...new Set(all)].filter(isObjectName));
        let runs = 0;
        await fc.assert(
          fc.asyncProperty(names, fc.integer({ min: 1, max: 5 }), fc.nat(3), async (wanted, limit, length) => {
            const run = `run${runs++}/`;
            for (const one of wanted) await objects.put(run + one, Buffer.from(one));
            const prefix = run + (wanted[0] ?? '').slice(0, length);
            const found: { name: string; bytes: number }[] = [];
            for (let more = true; more; ) {
              const page = await objects.list(prefix, { after: found.at(-1)?.name, limit });
              assert.ok(page.objects.length <= limit);
              found.push(...page.objects);
              more = page.more;
            }
            const expected = wanted.map((one) => run + one).filter((one) => one.startsWith(prefix));
            assert.deepEqual(
              found,
              expected.sort().map((one) => ({ name: one, bytes: one.length - run.length })),
            );
          }),
          { numRuns: 25 },
        );
        assert.deepEqual(await objects.list('none/', { limit: 1000 }), { objects: [], more: false });
      }),
    );

    it(
      'tells an object that was cut or changed since, also while it streams',
      withObjects(async ({ objects, damage }) => {
        const content = randomBytes(100_000);
        for (const [change, how] of [
          [(bytes: Buffer) => bytes.subarray(0, bytes.length - 1), 'cut'],
          [(bytes: Buffer) => bytes.subarray(0, 10), 'cut short'],
          [(bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])]), 'changed'],
        ] as const) {
          const at = `damaged/${how.replace(' ', '-')}`;
          await objects.put(at, content);
          await damage(at, change);
          await assert.rejects(objects.get(at), refused('data_damaged', /damaged/), how);
          await assert.rejects(
            (async () => buffer((await objects.stream(at))!))(),
            refused('data_damaged', /damaged/),
            `${how}, as a stream`,
          );
        }
      }),
    );

    it(
      'refuses names that could lead elsewhere, and what is too large',
      withObjects(async ({ objects }) => {
        for (const bad of [
          '',
          '/',
          'a/',
          '/a',
          '..',
          'a/../b',
          '.hidden',
          'a//b',
          'a\\b',
          'a b',
          'é',
          'a\0',
          'a'.repeat(201),
        ])
          for (const call of [
            () => objects.put(bad, Buffer.alloc(1)),
            () => objects.get(bad),
            () => objects.stream(bad),
            () => objects.remove(bad),
          ])
            await assert.rejects(call(), refused('invalid_request'), JSON.stringify(bad));
        await assert.rejects(objects.put('a', Buffer.alloc(mostObjectBytes + 1)), refused('too_large'));
        for (const limit of [0, 1001, 1.5])
          await assert.rejects(objects.list('', { limit }), refused('invalid_request'));
      }),
    );

    it(
      'keeps many writers of different names apart',
      withObjects(async ({ objects }) => {
        const names = Array.from({ length: 40 }, (_, n) => `many/${n % 7}/${n}`);
        await Promise.all(names.map((one) => objects.put(one, Buffer.from(one))));
        const read = await Promise.all(names.map((one) => objects.get(one)));
        assert.deepEqual(read.map(String), names);
      }),
    );
  });
}
