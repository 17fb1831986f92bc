/** A fresh `client_msg_id` or `Idempotency-Key`: 128 random bits in hexadecimal. */
export function newClientId(): string {
  // Not crypto.randomUUID, which browsers offer on https and localhost only.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Orders message ids, which are decimal strings beyond 2^53: negative when `a` is older than `b`. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The author of messages whose author was erased; nobody can be called so. */
export const erasedUser = 'erased-user';
