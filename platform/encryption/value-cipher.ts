import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { MillraceError } from '../errors/error.ts';

const algorithm = 'aes-256-gcm';
const saltBytes = 16;
const countBytes = 6;
const tagBytes = 16;
const headBytes = saltBytes + countBytes;
/** How many values share a subkey, less than the 2^48 that their count has room for. */
const perSubkey = 2 ** 40;
/** Subkeys of earlier processes that are at hand; another is drawn again, which takes microseconds. */
const subkeysKept = 64;

/**
 * Encrypts values one by one, and tells when one was changed, or moved to another place: AES-256-GCM (NIST SP 800-38D) with
 * the place as additional data. A value is salt (16 bytes) | count (6) | ciphertext | tag (16). Each process draws a salt,
 * and a subkey from it (HKDF, RFC 5869), under which it counts its values: so no nonce is ever there twice under one key,
 * also when a copy of the data is brought back and goes another way.
 */
export class ValueCipher {
  private salt = randomBytes(saltBytes);
  private subkey: Buffer;
  private count = 0;
  /** By salt, the one that was used last at the end. */
  private readonly subkeys = new Map<string, Buffer>();
  private readonly nonce = Buffer.alloc(12);

  constructor(private readonly key: string) {
    this.subkey = this.subkeyOf(this.salt);
  }

  seal(value: Buffer, place: Buffer): Buffer {
    if (this.count >= perSubkey) {
      this.salt = randomBytes(saltBytes);
      this.subkey = this.subkeyOf(this.salt);
      this.count = 0;
    }
    const sealed = Buffer.allocUnsafe(headBytes + value.length + tagBytes);
    this.salt.copy(sealed);
    sealed.writeUIntBE(this.count++, saltBytes, countBytes);
    const cipher = createCipheriv(algorithm, this.subkey, this.nonceOf(sealed));
    cipher.setAAD(place);
    cipher.update(value).copy(sealed, headBytes);
    cipher.final();
    cipher.getAuthTag().copy(sealed, headBytes + value.length);
    return sealed;
  }

  /** Error: `data_damaged` for what was not sealed with this key for this place. */
  open(sealed: Buffer, place: Buffer): Buffer {
    if (sealed.length < headBytes + tagBytes) throw damaged(place);
    const decipher = createDecipheriv(algorithm, this.subkeyOf(sealed.subarray(0, saltBytes)), this.nonceOf(sealed));
    decipher.setAAD(place);
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    const value = decipher.update(sealed.subarray(headBytes, -tagBytes));
    try {
      decipher.final();
    } catch {
      throw damaged(place);
    }
    return value;
  }

  private nonceOf(sealed: Buffer): Buffer {
    sealed.copy(this.nonce, this.nonce.length - countBytes, saltBytes, headBytes);
    return this.nonce;
  }

  private subkeyOf(salt: Buffer): Buffer {
    const name = salt.toString('latin1');
    let subkey = this.subkeys.get(name);
    if (subkey) this.subkeys.delete(name);
    else subkey = Buffer.from(hkdfSync('sha256', this.key, salt, 'millrace value', 32));
    this.subkeys.set(name, subkey);
    if (this.subkeys.size > subkeysKept) this.subkeys.delete(this.subkeys.keys().next().value!);
    return subkey;
  }
}

function damaged(place: Buffer): MillraceError {
  const detail = `the value at ${place.toString('latin1').replaceAll(/[^\x20-\x7e]/g, '.')} was changed on the disk, or is another key's: bring the folder back from a backup`;
  return new MillraceError('data_damaged', detail);
}
