import type { ValueCipher } from '../../encryption/value-cipher.ts';
import { MillraceError } from '../../errors/error.ts';
import { checkContent, checksumOf, damagedObject } from '../checksum.ts';

/** First bytes of a file: what follows is the checksum and the content, or both sealed. */
const plain = Buffer.from('MRO1');
const sealed = Buffer.from('MROE');
export const markBytes = 4;
const checksumBytes = 32;
/** Before the content of a plain file. */
export const headBytes = markBytes + checksumBytes;
/** What sealing adds to checksum and content: salt, count, tag. */
const sealBytes = 16 + 6 + 16;

/** The bytes of an object's file: the checksum stands in it, so that there is one file and one rename for both. */
export function fileBytes(name: string, content: Buffer, cipher: ValueCipher | undefined): Buffer {
  const checked = Buffer.concat([checksumOf(content), content]);
  return cipher ? Buffer.concat([sealed, cipher.seal(checked, Buffer.from(name))]) : Buffer.concat([plain, checked]);
}

/** The object in a file. Errors: `data_damaged`, `data_key_wrong`. */
export function contentOf(name: string, file: Buffer, cipher: ValueCipher | undefined): Buffer {
  if (file.length < headBytes) throw damagedObject(name);
  checkMark(name, file, cipher);
  const rest = file.subarray(markBytes);
  const checked = cipher ? cipher.open(rest, Buffer.from(name)) : rest;
  return checkContent(name, checked.subarray(checksumBytes), checked.subarray(0, checksumBytes));
}

/** Error: `data_damaged` for a file that is no object's, `data_key_wrong` for one that was put with, or without, a key. */
export function checkMark(name: string, head: Buffer, cipher: ValueCipher | undefined): void {
  const mark = head.subarray(0, markBytes);
  if (mark.equals(cipher ? sealed : plain)) return;
  if (!mark.equals(cipher ? plain : sealed)) throw damagedObject(name);
  throw new MillraceError('data_key_wrong', `object ${name}: was put ${cipher ? 'without' : 'with'} an encryption key`);
}

/** An object's size, by that of its file. */
export function contentBytes(fileSize: number, cipher: ValueCipher | undefined): number {
  return Math.max(0, fileSize - headBytes - (cipher ? sealBytes : 0));
}
