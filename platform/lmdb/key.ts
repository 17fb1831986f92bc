/** Builds sortable binary keys: texts end with NUL, numbers are eight bytes, big end first. */
export function key(...parts: (string | number | bigint)[]): Buffer {
  let length = 0;
  for (const part of parts) length += typeof part === 'string' ? Buffer.byteLength(part) + 1 : 8;
  const buffer = Buffer.allocUnsafe(length);
  let at = 0;
  for (const part of parts) {
    if (typeof part === 'string') {
      at += buffer.write(part, at);
      buffer[at++] = 0;
    } else if (typeof part === 'number') {
      buffer.writeUInt32BE(Math.floor(part / 4294967296), at);
      buffer.writeUInt32BE(part >>> 0, at + 4);
      at += 8;
    } else {
      buffer.writeBigUInt64BE(part, at);
      at += 8;
    }
  }
  return buffer;
}

/** The first key after all that begin with `prefix`. */
export function after(prefix: Buffer): Buffer {
  return Buffer.concat([prefix, Buffer.alloc(16, 0xff)]);
}

/** Reads a number that `key` wrote, at a place counted from the end where negative. */
export function numberAt(buffer: Buffer, at: number): number {
  const place = at < 0 ? buffer.length + at : at;
  return buffer.readUInt32BE(place) * 4294967296 + buffer.readUInt32BE(place + 4);
}

export function bigintAt(buffer: Buffer, at: number): bigint {
  return buffer.readBigUInt64BE(at < 0 ? buffer.length + at : at);
}
