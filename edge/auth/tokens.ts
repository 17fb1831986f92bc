import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { MillraceError } from '../../platform/errors/error.ts';
import { type Identity, identityOf } from './claims.ts';
import { KeySet } from './key-set.ts';

export interface TokenSettings {
  /** Key of HS256; not used where there is a JWKS. */
  secret: string;
  jwks_url: string | undefined;
  issuer: string | undefined;
  audience: string | undefined;
}

/** Verified tokens that are remembered, so that a client's hundred requests cost one signature check. */
const remembered = 20_000;

/** Verifies tokens. Error: `unauthenticated` with the reason; `unavailable` when the key set can't be fetched. */
export class Tokens {
  private readonly known = new LRUCache<string, Identity>({ max: remembered });
  private readonly verifyNew: (token: string) => Promise<JWTPayload>;

  constructor(
    settings: TokenSettings,
    /** Hears why a key set can't be renewed while the one before it still serves. */
    warn: (error: unknown) => void,
    private readonly clock: () => number = Date.now,
  ) {
    const options: JWTVerifyOptions = {};
    if (settings.issuer) options.issuer = settings.issuer;
    if (settings.audience) options.audience = settings.audience;
    if (settings.jwks_url) {
      const keys = new KeySet(new URL(settings.jwks_url), warn, clock);
      const find: KeySet['find'] = (header, signed) => keys.find(header, signed);
      const algorithms = ['RS256', 'ES256', 'EdDSA'];
      this.verifyNew = async (token) => (await jwtVerify(token, find, { ...options, algorithms })).payload;
    } else {
      // Imported once: jose would for each token.
      const bytes = new TextEncoder().encode(settings.secret);
      const key = crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
      const hs256 = { ...options, algorithms: ['HS256'] };
      this.verifyNew = async (token) => (await jwtVerify(token, await key, hs256)).payload;
    }
  }

  async verify(token: string): Promise<Identity> {
    const known = this.known.get(token);
    if (known) {
      if (known.expires * 1000 > this.clock()) return known;
      this.known.delete(token);
      throw new MillraceError('unauthenticated', 'the token has expired: get a new one');
    }
    let claims: JWTPayload;
    try {
      claims = await this.verifyNew(token);
    } catch (error) {
      throw refusal(error);
    }
    const identity = identityOf(claims);
    this.known.set(token, identity);
    return identity;
  }
}

function refusal(error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  if (error instanceof errors.JWTExpired)
    return new MillraceError('unauthenticated', 'the token has expired: get a new one');
  if (error instanceof errors.JWTClaimValidationFailed)
    return new MillraceError('unauthenticated', `the token’s ${error.claim} claim is not accepted`);
  return new MillraceError('unauthenticated', 'the token is not valid', { cause: error });
}

/** Signs a token with the embedded default's secret. `seconds` of life. */
export async function signToken(
  secret: string,
  claims: { user_id: string; workspace_id: string; role?: string; name?: string | undefined },
  seconds: number,
): Promise<string> {
  const { user_id, workspace_id, role, name } = claims;
  return new SignJWT({ workspace_id, ...(role ? { role } : {}), ...(name ? { name } : {}) })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(user_id)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(new TextEncoder().encode(secret));
}

/** The token of an Authorization header or of a socket's subprotocol list; undefined where there is none. */
export function bearerOf(authorization: string | undefined, protocols: string[] = []): string | undefined {
  const match = /^Bearer\s+(\S+)$/i.exec(authorization ?? '');
  if (match) return match[1];
  return protocols.find((protocol) => protocol.startsWith('bearer.'))?.slice('bearer.'.length);
}
