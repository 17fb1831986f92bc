import { type BackoffOptions, DEFAULT_BACKOFF, fullJitter } from './backoff.ts';
import { type Clock, systemClock } from './clock.ts';
import { errorFromResponse, MillraceError } from './millrace-error.ts';
import { currentToken, type TokenSource } from './token-source.ts';

export interface HttpOptions {
  /** Where the server is, as `https://chat.example.com`; a path in it is kept. */
  readonly url: string;
  /** A JWT, or what gives the current one before each try. */
  readonly token: TokenSource;
  /** Deadline of one try, ms. Default 10,000. */
  readonly timeoutMs?: number;
  /** Tries after the first. Default 4. */
  readonly retries?: number;
  /** No wait begins that would end later than this after the call, ms. Default 30,000. */
  readonly budgetMs?: number;
  readonly backoff?: BackoffOptions;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
}

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base URL, already encoded, as `/v1/unreads`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: unknown;
  /** Sent as `Idempotency-Key`, the same in each try. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal | undefined;
}

export type QueryValue = string | number | boolean | readonly string[] | undefined;

/** JSON over HTTP with deadlines, and retries of what is safe to repeat: the caller gives each write an identity. */
export class Http {
  readonly #options: HttpOptions;
  readonly #clock: Clock;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Returns the parsed body; undefined for 204. Throws `MillraceError`: at once for what a repeat can't mend, else
   * after the last try. `T` is what the contract says of this call; it is not checked again here.
   */
  async call<T>(call: HttpCall): Promise<T> {
    const started = this.#clock.now();
    const retries = this.#options.retries ?? 4;
    for (let attempt = 0; ; attempt++) {
      try {
        return (await this.#once(call)) as T;
      } catch (error) {
        if (!(error instanceof MillraceError) || !error.retryable || attempt >= retries) throw error;
        const jitter = fullJitter(attempt, this.#options.backoff ?? DEFAULT_BACKOFF, this.#clock);
        const wait = (error.retryAfter ?? 0) * 1000 + jitter;
        if (this.#clock.now() + wait - started > (this.#options.budgetMs ?? 30_000)) throw error;
        await this.#pause(wait, call.signal);
      }
    }
  }

  async #once(call: HttpCall): Promise<unknown> {
    const bearer = await currentToken(this.#options.token, this.#options.timeoutMs ?? 10_000, this.#clock);
    const headers: Record<string, string> = { authorization: `Bearer ${bearer}` };
    if (call.body !== undefined) headers['content-type'] = 'application/json';
    if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey;
    const deadline = new AbortController();
    const cancel = this.#clock.after(this.#options.timeoutMs ?? 10_000, () => deadline.abort());
    const onAbort = () => deadline.abort();
    call.signal?.addEventListener('abort', onAbort, { once: true });
    if (call.signal?.aborted) deadline.abort();
    try {
      deadline.signal.throwIfAborted();
      const send = this.#options.fetch ?? fetch;
      const response = await send(this.#url(call), {
        method: call.method,
        headers,
        signal: deadline.signal,
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      });
      const text = await response.text();
      if (response.ok && text === '') return undefined;
      const body = parseJson(text);
      if (response.ok && body !== undefined) return body;
      throw errorFromResponse(response.status, body, parseRetryAfter(response.headers.get('retry-after'), this.#clock));
    } catch (error) {
      if (error instanceof MillraceError) throw error;
      if (call.signal?.aborted) throw new MillraceError({ code: 'aborted', detail: 'the caller gave up' });
      if (deadline.signal.aborted) throw new MillraceError({ code: 'timeout', detail: 'the server did not answer' });
      throw new MillraceError({ code: 'network', detail: error instanceof Error ? error.message : String(error) });
    } finally {
      cancel();
      call.signal?.removeEventListener('abort', onAbort);
    }
  }

  #url(call: HttpCall): string {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value === undefined) continue;
      for (const item of Array.isArray(value) ? value : [value]) query.append(name, String(item));
    }
    const suffix = query.size === 0 ? '' : `?${query}`;
    return this.#options.url.replace(/\/+$/, '') + call.path + suffix;
  }

  #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        cancel();
        reject(new MillraceError({ code: 'aborted', detail: 'the caller gave up' }));
      };
      const cancel = this.#clock.after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      if (signal?.aborted) onAbort();
      else signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}

/** Undefined for text that is no JSON: a proxy's error page, whose status says enough. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Seconds; the header is a number of them or an HTTP date. */
function parseRetryAfter(header: string | null, clock: Clock): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - clock.now()) / 1000);
}
