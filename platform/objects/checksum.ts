import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { MillraceError } from '../errors/error.ts';

export function checksumOf(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}

/** Error: `data_damaged`. */
export function checkContent(name: string, content: Buffer, checksum: Buffer): Buffer {
  if (!checksumOf(content).equals(checksum)) throw damagedObject(name);
  return content;
}

/** Lets bytes through, and ends with `data_damaged` where they are not those of the checksum. `asError`: of what breaks the source. */
export function checkedStream(name: string, checksum: Buffer, asError?: (error: Error) => Error): Transform {
  const hash = createHash('sha256');
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    destroy(error, done) {
      done(error && asError ? asError(error) : error);
    },
    flush(done) {
      done(hash.digest().equals(checksum) ? null : damagedObject(name));
    },
  });
}

export function damagedObject(name: string): MillraceError {
  return new MillraceError(
    'data_damaged',
    `object ${name}: is not as it was put, it was cut or changed: bring it back from a backup`,
  );
}
