import { addAbortSignal, pipeline, type Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { checkContent, checkedStream, checksumOf, damagedObject } from '../checksum.ts';
import {
  checkName,
  checkPage,
  checkSize,
  mostObjectBytes,
  type ObjectPage,
  type Objects,
  otherObject,
} from '../port.ts';
import { isConflict, isMissing, refusedBy } from './errors.ts';

export interface S3Options {
  bucket: string;
  region: string;
  /** Of a server that speaks S3 and is not Amazon's. */
  endpoint?: string | undefined;
  /** The bucket in the path instead of in the host's name, as many such servers need it. */
  pathStyle?: boolean | undefined;
  /** Before every object's name. */
  prefix?: string | undefined;
  /** Unset: as the package finds them itself, in the environment, in files or from the machine. */
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined;
  /** Milliseconds; for tests. */
  deadlines?: { call: number; bytes: number } | undefined;
}

/** As the port says. */
const usualDeadlines = { call: 30_000, bytes: 120_000 };
const connect_ms = 5_000;
/** Where an object says what it was when it was put. */
const checksumField = 'sha256';

/** Objects in a bucket, which must be there. Nothing is asked of it before the first call. */
export function openS3Objects(options: S3Options): Objects {
  const deadlines = options.deadlines ?? usualDeadlines;
  const client = new S3Client({
    region: options.region,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    forcePathStyle: options.pathStyle ?? false,
    maxAttempts: 3,
    // Newer than many servers that speak S3, which take its trailer for the object's bytes. The checksum here is our own.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: connect_ms, requestTimeout: deadlines.bytes },
  });
  return new S3Objects(client, options.bucket, options.prefix ?? '', deadlines);
}

class S3Objects implements Objects {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
    private readonly prefix: string,
    private readonly deadlines: { call: number; bytes: number },
  ) {}

  async put(name: string, content: Buffer): Promise<void> {
    checkName(name);
    checkSize(name, content);
    const checksum = checksumOf(content).toString('hex');
    const known = await this.known(name);
    if (known === checksum) return;
    if (known !== undefined) throw otherObject(name);
    const command = new PutObjectCommand({
      ...this.at(name),
      Body: content,
      ContentLength: content.length,
      ContentType: 'application/octet-stream',
      Metadata: { [checksumField]: checksum },
      // Servers that know this refuse a second writer; the others ignore it.
      IfNoneMatch: '*',
    });
    try {
      await this.client.send(command, { abortSignal: AbortSignal.timeout(this.deadlines.bytes) });
    } catch (error) {
      // An attempt of ours whose answer was lost, or another writer's: what is there now tells.
      if (isConflict(error) && (await this.known(name)) === checksum) return;
      throw isConflict(error) ? otherObject(name) : refusedBy(this.bucket, error);
    }
  }

  async get(name: string): Promise<Buffer | undefined> {
    checkName(name);
    const deadline = AbortSignal.timeout(this.deadlines.bytes);
    const found = await this.open(name, deadline);
    if (!found) return undefined;
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of addAbortSignal(deadline, found.body)) chunks.push(chunk as Buffer);
    } catch (error) {
      throw refusedBy(this.bucket, error);
    }
    return checkContent(name, Buffer.concat(chunks), found.checksum);
  }

  async stream(name: string): Promise<Readable | undefined> {
    checkName(name);
    const deadline = AbortSignal.timeout(this.deadlines.bytes);
    const found = await this.open(name, deadline);
    if (!found) return undefined;
    const checked = checkedStream(name, found.checksum, (error) => refusedBy(this.bucket, error));
    return pipeline(addAbortSignal(deadline, found.body), checked, () => undefined);
  }

  async list(prefix: string, { after, limit }: { after?: string | undefined; limit: number }): Promise<ObjectPage> {
    checkPage(limit);
    const { Contents = [], IsTruncated = false } = await this.ask((abortSignal) =>
      this.client.send(
        new ListObjectsV2Command({
          Bucket: this.bucket,
          Prefix: this.prefix + prefix,
          MaxKeys: limit,
          ...(after === undefined ? {} : { StartAfter: this.prefix + after }),
        }),
        { abortSignal },
      ),
    );
    const objects = Contents.map(({ Key = '', Size = 0 }) => ({ name: Key.slice(this.prefix.length), bytes: Size }));
    return { objects, more: IsTruncated };
  }

  async remove(name: string): Promise<void> {
    checkName(name);
    await this.ask((abortSignal) => this.client.send(new DeleteObjectCommand(this.at(name)), { abortSignal }));
  }

  async close(): Promise<void> {
    this.client.destroy();
  }

  /** The checksum of an object that is there; empty for one that has none. */
  private known(name: string): Promise<string | undefined> {
    return this.ask(async (abortSignal) => {
      try {
        const { Metadata } = await this.client.send(new HeadObjectCommand(this.at(name)), { abortSignal });
        return Metadata?.[checksumField] ?? '';
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    });
  }

  private async open(name: string, deadline: AbortSignal): Promise<{ body: Readable; checksum: Buffer } | undefined> {
    let found: GetObjectCommandOutput;
    try {
      found = await this.client.send(new GetObjectCommand(this.at(name)), { abortSignal: deadline });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw refusedBy(this.bucket, error);
    }
    const body = found.Body as Readable;
    const checksum = Buffer.from(found.Metadata?.[checksumField] ?? '', 'hex');
    if (checksum.length > 0 && (found.ContentLength ?? 0) <= mostObjectBytes) return { body, checksum };
    // Someone else put it there.
    body.destroy();
    throw damagedObject(name);
  }

  private at(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: this.prefix + name };
  }

  /** Error: `unavailable`. */
  private async ask<Result>(call: (deadline: AbortSignal) => Promise<Result>): Promise<Result> {
    try {
      return await call(AbortSignal.timeout(this.deadlines.call));
    } catch (error) {
      throw refusedBy(this.bucket, error);
    }
  }
}
