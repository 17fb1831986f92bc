const KEY = 'millrace.token';

/** Who a token says that one is; for show only, the server checks. */
export interface Identity {
  readonly user_id: string;
  readonly workspace_id: string;
  readonly name: string | undefined;
  readonly role: string | undefined;
}

/**
 * The token of this tab: from `#token=…`, which then leaves the address bar and the history, else the one that this tab
 * had, else that of the last tab that signed in; undefined without one. On this device, and not only in its tab, so
 * that the page opens without a network; signing out in any tab ends it in all.
 */
export function takeToken(): string | undefined {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) {
    history.replaceState(null, '', location.pathname + location.search);
    keepToken(given);
  }
  const token = sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? undefined;
  if (token) sessionStorage.setItem(KEY, token);
  return token;
}

export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token);
  localStorage.setItem(KEY, token);
}

export function dropToken(): void {
  const own = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (localStorage.getItem(KEY) === own) localStorage.removeItem(KEY);
}

/** Calls `onGone` when another tab drops the token that this one has. */
export function onTokenDropped(onGone: () => void): void {
  window.addEventListener('storage', ({ key, oldValue, newValue }) => {
    if (key === KEY && newValue === null && oldValue === sessionStorage.getItem(KEY)) onGone();
  });
}

/** Reads a JWT's claims without checking them; undefined for what is no JWT of a person in a workspace. */
export function readIdentity(token: string): Identity | undefined {
  try {
    const [, payload = ''] = token.split('.');
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
      char.charCodeAt(0),
    );
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const { sub, workspace_id, name, role } = claims;
    if (typeof sub !== 'string' || typeof workspace_id !== 'string') return undefined;
    const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
    return { user_id: sub, workspace_id, name: text(name), role: text(role) };
  } catch {
    // Not base64 or not JSON: not a JWT, which is what the answer says.
    return undefined;
  }
}
