const KEY = 'millrace.token';

/** Who a token says that one is; for show only, the server checks. */
export interface Identity {
  readonly user_id: string;
  readonly workspace_id: string;
  readonly name: string | undefined;
}

/**
 * The token of this tab: from `#token=…`, which then leaves the address bar and the history, else as kept in
 * sessionStorage; undefined without one.
 */
export function takeToken(): string | undefined {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) {
    history.replaceState(null, '', location.pathname + location.search);
    sessionStorage.setItem(KEY, given);
  }
  return sessionStorage.getItem(KEY) ?? undefined;
}

export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}

export function dropToken(): void {
  sessionStorage.removeItem(KEY);
}

/** Reads a JWT's claims without checking them; undefined for what is no JWT of a person in a workspace. */
export function readIdentity(token: string): Identity | undefined {
  try {
    const [, payload = ''] = token.split('.');
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
      char.charCodeAt(0),
    );
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const { sub, workspace_id, name } = claims;
    if (typeof sub !== 'string' || typeof workspace_id !== 'string') return undefined;
    return { user_id: sub, workspace_id, name: typeof name === 'string' ? name : undefined };
  } catch {
    // Not base64 or not JSON: not a JWT, which is what the answer says.
    return undefined;
  }
}
