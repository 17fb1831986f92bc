import { createLocalJWKSet, errors, type FlattenedJWSInput, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';
import { MillraceError } from '../../platform/errors/error.ts';

const fetch_ms = 5000;
/** Far beyond any key set. */
const mostBytes = 1024 * 1024;
/** A set older than this is fetched anew, behind whoever asks: a withdrawn key is one no longer. */
const fresh_ms = 600_000;
/** For a kid that is not in the set it is fetched anew, at most this often. */
const unknownKid_ms = 30_000;
/** While there is no set at all, every token waits for one: the key server is asked this often. */
const none_ms = 1000;

/**
 * The keys that an issuer publishes (JWKS). A set that was fetched stays in use while the key server is away. Error:
 * `unavailable` where only the key server could tell.
 */
export class KeySet {
  private keys: ReturnType<typeof createLocalJWKSet> | undefined;
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private triedAt = Number.NEGATIVE_INFINITY;
  /** Of the last try, where it failed. */
  private failure: MillraceError | undefined;
  private fetching: Promise<void> | undefined;

  constructor(
    private readonly url: URL,
    /** Hears of a failure that no caller hears of. */
    private readonly warn: (error: unknown) => void,
    private readonly clock: () => number,
  ) {}

  async find(header: JWSHeaderParameters, token: FlattenedJWSInput) {
    if (!this.keys) await this.renew(none_ms);
    else if (this.clock() - this.fetchedAt >= fresh_ms && this.mayTry(unknownKid_ms)) this.fetch().catch(this.warn);
    try {
      return await this.keys!(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.renew(unknownKid_ms);
      return this.keys!(header, token);
    }
  }

  /** Fetches, unless that was tried in the last `pause_ms`: then that try's error counts. */
  private async renew(pause_ms: number): Promise<void> {
    if (this.fetching || this.mayTry(pause_ms)) return this.fetch();
    if (this.failure) throw this.failure;
  }

  private mayTry(pause_ms: number): boolean {
    return !this.fetching && this.clock() - this.triedAt >= pause_ms;
  }

  private fetch(): Promise<void> {
    this.fetching ??= this.fetchNow().finally(() => {
      this.fetching = undefined;
    });
    return this.fetching;
  }

  private async fetchNow(): Promise<void> {
    this.triedAt = this.clock();
    try {
      this.keys = createLocalJWKSet(await published(this.url));
      this.fetchedAt = this.clock();
      this.failure = undefined;
    } catch (cause) {
      const detail = 'the key set that verifies tokens can’t be fetched';
      this.failure = new MillraceError('unavailable', detail, { retryAfter: 5, cause });
      throw this.failure;
    }
  }
}

async function published(url: URL): Promise<JSONWebKeySet> {
  const response = await fetch(url, {
    headers: { accept: 'application/json, application/jwk-set+json' },
    redirect: 'manual',
    signal: AbortSignal.timeout(fetch_ms),
  });
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    size += part.value.length;
    if (size > mostBytes) {
      await reader?.cancel();
      throw new Error(`the key server’s answer is larger than ${mostBytes} bytes`);
    }
    chunks.push(part.value);
  }
  if (response.status !== 200) throw new Error(`the key server answered ${response.status}`);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as JSONWebKeySet;
}
