import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { storeKey } from '../../encryption/store-key.ts';
import { objectsStore } from '../../encryption/stores.ts';
import { ValueCipher } from '../../encryption/value-cipher.ts';
import { MillraceError, messageOf } from '../../errors/error.ts';
import { checkedStream } from '../checksum.ts';
import {
  checkName,
  checkPage,
  checkSize,
  type ObjectPage,
  type Objects,
  otherObject,
  type StoredObject,
} from '../port.ts';
import { makeFolders, syncFolder, writeWhole } from './durable.ts';
import { checkMark, contentBytes, contentOf, fileBytes, headBytes, markBytes } from './file-format.ts';
import { walk } from './walk.ts';

/** Where the files of this process lie until they are whole. */
const unfinishedFolder = '.unfinished';

/**
 * Objects as files under a folder, each with its checksum in it; encrypted where there is a key. The folder is made where it
 * is missing, and is one process's own (the data folder's lock sees to that). Error: `data_key_wrong`.
 */
export async function openObjectFolder(path: string, key?: Buffer): Promise<Objects> {
  const root = resolve(path);
  const drawn = storeKey(key, objectsStore(root));
  const unfinished = `${root}/${unfinishedFolder}`;
  // What a crash left there was never put.
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  await syncFolder(root);
  return new ObjectFolder(root, drawn === undefined ? undefined : new ValueCipher(drawn));
}

class ObjectFolder implements Objects {
  private count = 0;

  constructor(
    private readonly root: string,
    private readonly cipher: ValueCipher | undefined,
  ) {}

  async put(name: string, content: Buffer): Promise<void> {
    checkName(name);
    checkSize(name, content);
    const file = `${this.root}/${name}`;
    const known = await this.get(name);
    if (known && !known.equals(content)) throw otherObject(name);
    // One that a crash left before its folder was synced could be read and yet be lost.
    if (known) return onDisk(() => syncFolder(dirname(file)));
    await onDisk(async () => {
      await makeFolders(this.root, dirname(file));
      const unfinished = `${this.root}/${unfinishedFolder}/${this.count++}`;
      await writeWhole(file, unfinished, fileBytes(name, content, this.cipher));
    });
  }

  async get(name: string): Promise<Buffer | undefined> {
    checkName(name);
    const file = await onDisk(() => ifThere(() => readFile(`${this.root}/${name}`)));
    return file && contentOf(name, file, this.cipher);
  }

  async stream(name: string): Promise<Readable | undefined> {
    checkName(name);
    const handle = await onDisk(() => ifThere(() => open(`${this.root}/${name}`, 'r')));
    if (!handle) return undefined;
    try {
      if (!(await handle.stat()).isFile()) {
        await handle.close();
        return undefined;
      }
      // Sealed bytes are nobody's before their tag was checked, which stands at their end.
      if (this.cipher) {
        const content = contentOf(name, await handle.readFile(), this.cipher);
        await handle.close();
        return Readable.from([content], { objectMode: false });
      }
      const head = Buffer.alloc(headBytes);
      await handle.read(head, 0, headBytes, 0);
      checkMark(name, head, undefined);
      const checked = checkedStream(name, head.subarray(markBytes));
      return pipeline(handle.createReadStream({ start: headBytes }), checked, () => undefined);
    } catch (error) {
      await handle.close().catch(() => undefined);
      throw error;
    }
  }

  async list(
    prefix: string,
    { after = '', limit }: { after?: string | undefined; limit: number },
  ): Promise<ObjectPage> {
    checkPage(limit);
    return onDisk(async () => {
      const objects: StoredObject[] = [];
      for await (const { name, bytes } of walk(this.root, prefix, after)) {
        if (objects.length === limit) return { objects, more: true };
        objects.push({ name, bytes: contentBytes(bytes, this.cipher) });
      }
      return { objects, more: false };
    });
  }

  async remove(name: string): Promise<void> {
    checkName(name);
    const file = `${this.root}/${name}`;
    await onDisk(async () => {
      await ifThere(() => unlink(file));
      if (existsSync(dirname(file))) await syncFolder(dirname(file));
    });
  }

  async close(): Promise<void> {
    // Every call closes what it opens.
  }
}

/** Undefined for a file that is not there. */
async function ifThere<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ENOTDIR and EISDIR: another name's file or folder stands in its way; there is no such object.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw error;
  }
}

/** Error: `unavailable` where the disk refuses. */
async function onDisk<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MillraceError) throw error;
    throw new MillraceError('unavailable', `the objects’ folder refuses: ${messageOf(error)}`, { cause: error });
  }
}
