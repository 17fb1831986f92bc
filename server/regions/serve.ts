import type { IncomingMessage, ServerResponse } from 'node:http';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { catalogue } from '../../platform/errors/catalogue.ts';
import { MillraceError, messageOf } from '../../platform/errors/error.ts';
import type { Log } from '../../platform/log/port.ts';
import { longestWait_ms, type ReadAnswer, regionPaths } from '../../platform/regions/http-wire.ts';
import { LogPeer } from '../../platform/regions/log-peer.ts';
import { type LinkedTopic, linkedTopics } from '../../platform/regions/port.ts';
import { isOperator } from '../admin/operator-token.ts';

const bodyBytes = 64 * 1024;

const Topic = Type.Object({ topic: Type.String() });
const Read = Type.Object({
  topic: Type.String(),
  from: Type.Array(Type.Integer({ minimum: 0 }), { maxItems: 1024 }),
  max: Type.Integer({ minimum: 1, maximum: 1000 }),
  wait_ms: Type.Integer({ minimum: 0, maximum: longestWait_ms }),
});

/** Lets other regions read this one's log, those that show the regions' token. Says whether a request was one of these. */
export function regionReads(log: Log, token: string): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const path = request.url ?? '';
    if (request.method !== 'POST' || !(Object.values(regionPaths) as string[]).includes(path)) return false;
    void answer(log, token, path, request).then(
      (value) => end(response, 200, value),
      (error: unknown) => {
        const known = error instanceof MillraceError ? error : new MillraceError('internal', messageOf(error));
        end(response, catalogue[known.code].status, { error: known.code, detail: known.detail });
      },
    );
    return true;
  };
}

async function answer(log: Log, token: string, path: string, request: IncomingMessage): Promise<unknown> {
  if (!isOperator(request.headers.authorization, token))
    throw new MillraceError('unauthenticated', 'MILLRACE_REGION_TOKEN is another one here');
  const body = await bodyOf(request);
  const shape = path === regionPaths.read ? Read : Topic;
  const wrong = Value.Errors(shape, body).First();
  if (wrong) throw new MillraceError('invalid_request', `${wrong.path.slice(1) || 'body'}: ${wrong.message}`);
  const { topic, from, max, wait_ms } = body as { topic: LinkedTopic; from: number[]; max: number; wait_ms: number };
  if (!linkedTopics.includes(topic)) throw new MillraceError('not_found', `topic: regions do not read ${topic}`);
  // A reading of its own for each request: nothing is kept for a peer that may be gone.
  const own = new LogPeer(log);
  try {
    if (path === regionPaths.bounds) return await own.bounds(topic);
    const { records, next, missed } = await own.read(topic, from, max, wait_ms);
    const answered: ReadAnswer = {
      next,
      missed,
      records: records.map((record) => [
        ...([record.partition, record.offset, record.time, record.key] as const),
        record.bytes().toString('base64'),
      ]),
    };
    return answered;
  } finally {
    await own.close();
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > bodyBytes) throw new MillraceError('too_large', `body: is larger than ${bodyBytes / 1024} KiB`);
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw new MillraceError('invalid_request', `body: is not JSON: ${messageOf(error)}`);
  }
}

function end(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
