import type { ValueCipher } from '../encryption/value-cipher.ts';

/** Values of one table, encrypted for their key. */
export interface Sealing {
  seal(key: Buffer, value: Buffer): Buffer;
  open(key: Buffer, sealed: Buffer): Buffer;
}

/** Undefined without a cipher: values are on the disk as they are. */
export function sealing(cipher: ValueCipher | undefined, table: string): Sealing | undefined {
  if (!cipher) return undefined;
  const prefix = Buffer.from(`${table}\0`);
  const place = (key: Buffer): Buffer => Buffer.concat([prefix, key]);
  return {
    seal: (key, value) => cipher.seal(value, place(key)),
    open: (key, sealed) => cipher.open(sealed, place(key)),
  };
}
