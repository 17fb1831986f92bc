import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
  SignJWT,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { MillraceError, messageOf } from '../../platform/errors/error.ts';
import { type Identity, identityOf } from './claims.ts';

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
    private readonly clock: () => number = Date.now,
  ) {
    const options: JWTVerifyOptions = {};
    if (settings.issuer) options.issuer = settings.issuer;
    if (settings.audience) options.audience = settings.audience;
    if (settings.jwks_url) {
      // One set for the issuer, cached; an unknown kid fetches it anew, at most each 30 s.
      const keys: JWTVerifyGetKey = createRemoteJWKSet(new URL(settings.jwks_url), {
        cooldownDuration: 30_000,
        timeoutDuration: 5000,
      });
      const algorithms = ['RS256', 'ES256', 'EdDSA'];
      this.verifyNew = async (token) => (await jwtVerify(token, keys, { ...options, algorithms })).payload;
    } else {
      const key = new TextEncoder().encode(settings.secret);
      this.verifyNew = async (token) => (await jwtVerify(token, key, { ...options, algorithms: ['HS256'] })).payload;
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
  if (error instanceof errors.JWTExpired)
    return new MillraceError('unauthenticated', 'the token has expired: get a new one');
  if (error instanceof errors.JWKSTimeout || (error instanceof TypeError && messageOf(error).includes('fetch'))) {
    return new MillraceError('unavailable', 'the key set that verifies tokens can’t be fetched', {
      retryAfter: 5,
      cause: error,
    });
  }
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
