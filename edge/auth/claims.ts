import type { Person } from '../../platform/directory/person.ts';
import type { Role } from '../../platform/directory/port.ts';
import { MillraceError } from '../../platform/errors/error.ts';

/** Who a token speaks for. */
export interface Identity extends Person {
  role: Role;
  name: string | undefined;
  email: string | undefined;
  /** Seconds since 1970. */
  expires: number;
}

const roles = ['owner', 'admin', 'member', 'guest'];

/** Reads the claims of a verified token. Error: `unauthenticated`, naming the claim. */
export function identityOf(claims: { [claim: string]: unknown }): Identity {
  const { sub, workspace_id, role, exp, name, email } = claims;
  if (typeof exp !== 'number')
    throw new MillraceError('unauthenticated', 'the token has no exp claim: tokens must expire');
  if (!isId(sub))
    throw new MillraceError('unauthenticated', 'the token’s sub claim must be a user id of 1 to 128 characters');
  if (!isId(workspace_id))
    throw new MillraceError('unauthenticated', 'the token’s workspace_id claim must be an id of 1 to 128 characters');
  if (role !== undefined && !roles.includes(role as string)) {
    throw new MillraceError('unauthenticated', `the token’s role claim must be one of ${roles.join(', ')}`);
  }
  return {
    user_id: sub,
    workspace_id,
    role: (role as Role | undefined) ?? 'member',
    name: kept(name),
    email: kept(email),
    expires: exp,
  };
}

/** Characters of a name or an address that are kept. */
const keptCharacters = 200;

/** A claim as every directory can keep it: issuers say what they like, and no one is kept out by how they are called. */
function kept(claim: unknown): string | undefined {
  if (typeof claim !== 'string') return undefined;
  return [...claim.toWellFormed().replaceAll(/\p{Cc}/gu, '')].slice(0, keptCharacters).join('');
}

/** Ids are parts of keys: no control characters, and a bound that keeps keys within every store's. */
export function isId(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length >= 1 &&
    value.length <= 128 &&
    !/\p{Cc}/u.test(value) &&
    value.isWellFormed()
  );
}
