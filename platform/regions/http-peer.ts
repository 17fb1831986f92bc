import { catalogue, type ErrorCode } from '../errors/catalogue.ts';
import { MillraceError, messageOf } from '../errors/error.ts';
import { KeptRecord } from '../log/record.ts';
import type { Codec } from '../schemas/codec.ts';
import { type ReadAnswer, type ReadRequest, regionPaths } from './http-wire.ts';
import type { LinkedTopic, PeerLog, PeerRead } from './port.ts';

/** Another region's log by its operators' port. A call may take `deadline_ms`, beside the wait that a read asks for. */
export class HttpPeer implements PeerLog {
  private readonly stopped = new AbortController();

  constructor(
    private readonly options: { url: string; token: string },
    private readonly codec: Codec,
    private readonly deadline_ms = 5000,
  ) {}

  bounds(topic: LinkedTopic): Promise<{ start: number; end: number }[]> {
    return this.ask(regionPaths.bounds, { topic }, this.deadline_ms);
  }

  async read(topic: LinkedTopic, from: readonly number[], max: number, wait_ms: number): Promise<PeerRead> {
    const request: ReadRequest = { topic, from: [...from], max, wait_ms };
    const { next, missed, records } = await this.ask<ReadAnswer>(regionPaths.read, request, wait_ms + this.deadline_ms);
    return {
      next,
      missed,
      records: records.map(
        ([partition, offset, time, key, bytes]) =>
          new KeptRecord(this.codec, topic, partition, offset, time, key, undefined, Buffer.from(bytes, 'base64')),
      ),
    };
  }

  async close(): Promise<void> {
    this.stopped.abort();
  }

  private async ask<Result>(path: string, body: object, within_ms: number): Promise<Result> {
    const { url, token } = this.options;
    let status: number;
    let answer: unknown;
    // Not AbortSignal.timeout: within AbortSignal.any it may be collected before its time comes (nodejs/node#57736).
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(new Error(`nothing came within ${within_ms} ms`)), within_ms);
    try {
      const response = await fetch(new URL(path, url), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.any([this.stopped.signal, deadline.signal]),
      });
      status = response.status;
      answer = await response.json();
    } catch (error) {
      throw new MillraceError('unavailable', `the region at ${url} does not answer: ${messageOf(error)}`, {
        cause: error,
      });
    } finally {
      clearTimeout(timer);
    }
    if (status === 200) return answer as Result;
    const { error = 'unavailable', detail = `status ${status}` } = answer as { error?: string; detail?: string };
    const code: ErrorCode = error in catalogue ? (error as ErrorCode) : 'unavailable';
    throw new MillraceError(code, `the region at ${url} says: ${detail}`);
  }
}
