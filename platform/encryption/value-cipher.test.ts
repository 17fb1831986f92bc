import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MillraceError } from '../errors/error.ts';
import { ValueCipher } from './value-cipher.ts';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const damaged = (error: unknown): boolean => error instanceof MillraceError && error.code === 'data_damaged';

describe('the cipher of values', () => {
  it('opens what it sealed, and what another process with the key did; and no byte of it changed, nor at another place', () => {
    fc.assert(
      fc.property(bytes, bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, place, at, flip) => {
        const [cipher, later] = [new ValueCipher('a key'), new ValueCipher('a key')];
        const sealed = cipher.seal(value, place);
        assert.deepEqual(cipher.open(sealed, place), value);
        assert.deepEqual(later.open(sealed, place), value);
        assert.throws(() => later.open(sealed, Buffer.concat([place, Buffer.of(0)])), damaged);
        assert.throws(() => new ValueCipher('another key').open(sealed, place), damaged);
        const changed = Buffer.from(sealed);
        changed[at % sealed.length]! ^= flip;
        assert.throws(() => later.open(changed, place), damaged);
        assert.throws(() => later.open(sealed.subarray(0, at % sealed.length), place), damaged);
      }),
    );
  });

  it('seals no two values alike, whichever process does', () => {
    const place = Buffer.from('here');
    const ciphers = [new ValueCipher('a key'), new ValueCipher('a key')];
    const sealed = ciphers.flatMap((cipher) => [1, 2, 3].map(() => cipher.seal(Buffer.from('the same'), place)));
    assert.equal(new Set(sealed.map((one) => one.subarray(0, 22).toString('hex'))).size, 6, 'no nonce twice');
    assert.equal(new Set(sealed.map((one) => one.subarray(22, 30).toString('hex'))).size, 6);
  });

  it('opens values of more processes than it keeps the subkeys of', () => {
    const place = Buffer.from('here');
    const sealed = Array.from({ length: 100 }, (_, n) => new ValueCipher('a key').seal(Buffer.of(n), place));
    const reader = new ValueCipher('a key');
    for (const round of [1, 2]) {
      for (const [n, one] of sealed.entries())
        assert.deepEqual(reader.open(one, place), Buffer.of(n), `round ${round}`);
    }
  });
});
