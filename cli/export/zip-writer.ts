import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** A zip that grows on the disk, one file after the other: nothing but the file at hand is in memory. */
export class ZipWriter {
  private readonly zip = new ZipFile();
  private readonly written: Promise<void>;
  /** What broke the writing: a full disk, most likely. */
  private broken: unknown;

  constructor(file: string) {
    this.written = pipeline(this.zip.outputStream, createWriteStream(file, { mode: 0o600, flush: true }));
    this.written.catch((error: unknown) => {
      this.broken = error;
    });
  }

  /** Resolves once it is packed. Errors: those of the disk. */
  async add(name: string, content: Iterable<string> | AsyncIterable<string>): Promise<void> {
    await Promise.race([this.written, this.packed(name, content)]);
    if (this.broken) throw this.broken;
  }

  /** Ends the zip; it is on the disk then. */
  async end(): Promise<void> {
    this.zip.end();
    await this.written;
  }

  private packed(name: string, content: Iterable<string> | AsyncIterable<string>): Promise<void> {
    return new Promise((done, fail) => {
      const stream = Readable.from(content, { objectMode: false });
      stream.once('end', done);
      stream.once('error', fail);
      this.zip.addReadStreamLazy(name, (begin) => begin(null, stream));
    });
  }
}
