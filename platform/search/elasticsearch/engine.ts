import { readFileSync } from 'node:fs';
import { Client, errors } from '@elastic/elasticsearch';
import { MillraceError, messageOf } from '../../errors/error.ts';

export const deadline_ms = 5_000;

export interface EngineOptions {
  /** http(s)://user:password@host:port; more than one for the nodes of one cluster. */
  urls: string[];
  /** File with the authorities that their certificates may come from. Default: those of Node. */
  ca?: string | undefined;
  /** Instead of user and password. */
  apiKey?: string | undefined;
}

/** What one request is sent with. */
export interface Sending {
  signal: AbortSignal;
}

/** The client, with a deadline on every request and errors that are ours. */
export class Engine {
  private readonly client: Client;

  constructor({ urls, ca, apiKey }: EngineOptions) {
    // What may be sent again is known above; the client would do so behind a deadline's back.
    this.client = new Client({
      nodes: urls,
      maxRetries: 0,
      requestTimeout: deadline_ms,
      ...(ca === undefined ? {} : { tls: { ca: readFileSync(ca) } }),
      ...(apiKey === undefined ? {} : { auth: { apiKey } }),
    });
  }

  /**
   * One request, within a deadline of its own or one that it shares with others. Error: `unavailable` for an engine that
   * is away, too slow or refuses work for now; what it says about the request itself is thrown as it comes.
   */
  async ask<Answer>(
    request: (client: Client, sending: Sending) => Promise<Answer>,
    signal = AbortSignal.timeout(deadline_ms),
  ): Promise<Answer> {
    try {
      return await request(this.client, { signal });
    } catch (error) {
      throw isAway(error)
        ? new MillraceError('unavailable', `search: Elasticsearch does not answer (${messageOf(error)})`, {
            cause: error,
          })
        : error;
    }
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

const passing = new Set([408, 429, 502, 503, 504]);

function isAway(error: unknown): boolean {
  if (error instanceof errors.ResponseError) return passing.has(error.statusCode ?? 0);
  return (
    error instanceof errors.ConnectionError ||
    error instanceof errors.TimeoutError ||
    error instanceof errors.RequestAbortedError ||
    error instanceof errors.NoLivingConnectionsError
  );
}

/** Whether the engine refused for this reason (index_not_found_exception and the like). */
export function refusedFor(error: unknown, type: string): boolean {
  return error instanceof errors.ResponseError && error.body?.error?.type === type;
}

/** Whether what was asked for is not there: an index or an alias that was dropped meanwhile. */
export function isGone(error: unknown): boolean {
  return error instanceof errors.ResponseError && error.statusCode === 404;
}
