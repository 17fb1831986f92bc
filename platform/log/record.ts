import type { Codec, Decoded } from '../schemas/codec.ts';
import type { LogRecord } from './port.ts';

/** A record that holds its bytes, its value, or both, and makes the other one when asked. */
export class KeptRecord implements LogRecord {
  constructor(
    private readonly codec: Codec,
    readonly topic: string,
    readonly partition: number,
    readonly offset: number,
    readonly time: number,
    readonly key: string,
    private value: Decoded | undefined,
    private encoded: Buffer | undefined,
  ) {}

  decoded(): Decoded {
    this.value ??= this.codec.decode(this.encoded!);
    return this.value;
  }

  bytes(): Buffer {
    this.encoded ??= this.codec.encode(this.value!.schema, this.value!.value as never);
    return this.encoded;
  }
}
