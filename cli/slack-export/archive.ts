import * as zlib from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { MillraceError, messageOf } from '../../platform/errors/error.ts';
import { invalid } from './invalid.ts';

/** What a zip may ask of this machine; far above any real export. */
export interface ArchiveBounds {
  /** Bytes of one file, unpacked. It is held in memory as a whole. */
  entryBytes: number;
  entries: number;
  /** Bytes of all files, unpacked, by what the zip says of itself (it is held to that while reading). */
  totalBytes: number;
}

export const archiveBounds: ArchiveBounds = { entryBytes: 64 * 2 ** 20, entries: 500_000, totalBytes: 64 * 2 ** 30 };

const again = 'export it from Slack again, or unpack it and pack it anew';

/** The JSON files of a zip. Nothing is ever unpacked to the disk. Errors: `export_invalid`. */
export class Archive {
  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: Map<string, Entry>,
    private readonly bounds: ArchiveBounds,
  ) {}

  static async open(file: string, bounds: ArchiveBounds = archiveBounds): Promise<Archive> {
    let zip: ZipFile;
    try {
      // strictFileNames: a backslash is refused too. yauzl itself refuses absolute names and "..".
      zip = await openPromise(file, {
        lazyEntries: true,
        autoClose: false,
        strictFileNames: true,
        validateEntrySizes: true,
      });
    } catch (error) {
      throw invalid(
        file,
        `can't be read as a zip (${messageOf(error)})`,
        'give the zip file that Slack has made',
        error,
      );
    }
    try {
      return new Archive(zip, await listed(file, zip, bounds), bounds);
    } catch (error) {
      zip.close();
      if (error instanceof MillraceError) throw error;
      throw invalid(file, `its list of files can't be read (${messageOf(error)})`, again, error);
    }
  }

  /** Names of all files, as in the zip. */
  names(): IterableIterator<string> {
    return this.entries.keys();
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  async json(name: string): Promise<unknown> {
    const entry = this.entries.get(name);
    if (!entry) throw invalid(name, 'is not in the zip', 'give a whole export of Slack');
    const bytes = await this.bytes(entry);
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch (error) {
      throw invalid(name, `is no JSON (${messageOf(error)})`, again, error);
    }
  }

  close(): void {
    this.zip.close();
  }

  private async bytes(entry: Entry): Promise<Buffer> {
    const name = entry.fileName;
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      // The stream fails where there are more or fewer bytes than the zip says.
      for await (const chunk of await this.zip.openReadStreamPromise(entry)) {
        size += (chunk as Buffer).length;
        if (size > this.bounds.entryBytes) throw tooLarge(name, this.bounds);
        chunks.push(chunk as Buffer);
      }
    } catch (error) {
      if (error instanceof MillraceError) throw error;
      throw invalid(name, `can't be unpacked (${messageOf(error)})`, again, error);
    }
    const bytes = Buffer.concat(chunks);
    // Node has crc32 since 20.15; before, a flipped bit is found only where it breaks the JSON.
    if (typeof zlib.crc32 === 'function' && zlib.crc32(bytes) !== entry.crc32) {
      throw invalid(name, 'is damaged (its checksum differs)', again);
    }
    return bytes;
  }
}

async function listed(file: string, zip: ZipFile, bounds: ArchiveBounds): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  let total = 0;
  if (zip.entryCount > bounds.entries)
    throw invalid(file, `holds more than ${bounds.entries} files`, 'split the export');
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName;
    if (name.endsWith('/') || !name.endsWith('.json') || name.startsWith('__MACOSX/')) continue;
    if (entry.uncompressedSize > bounds.entryBytes) throw tooLarge(name, bounds);
    total += entry.uncompressedSize;
    if (total > bounds.totalBytes)
      throw invalid(file, `unpacks to more than ${bounds.totalBytes} bytes`, 'split the export');
    if (entry.isEncrypted())
      throw invalid(name, 'is encrypted', 'unpack it with its password and pack it anew without');
    if (entries.has(name)) throw invalid(name, 'is in the zip twice', again);
    entries.set(name, entry);
  }
  return entries;
}

function tooLarge(name: string, bounds: ArchiveBounds): MillraceError {
  return invalid(name, `unpacks to more than ${bounds.entryBytes} bytes`, 'split this file into several days');
}
