/** Filled in by the build: the page's files, and a name that changes with any of them. */
declare const ASSETS: readonly string[];
declare const VERSION: string;

interface Waiting extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface FetchEvent extends Waiting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
/** What of a service worker's own scope is used here; TypeScript knows that scope or the page's, not both. */
interface Scope {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: 'install' | 'activate', listener: (event: Waiting) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
}

const scope = self as unknown as Scope;
const CACHE = `millrace-page-${VERSION}`;
/** A network that takes longer, ms, to answer for the page counts as none. */
const PATIENCE_MS = 3_000;

scope.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(['/', ...ASSETS]))
      .then(() => scope.skipWaiting()),
  );
});

scope.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith('millrace-page-') && name !== CACHE))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => scope.clients.claim()),
  );
});

/** The page and its files, and nothing else: what the server says of people and messages is never kept here. */
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate' && pathname === '/') event.respondWith(page(request));
  else if (ASSETS.includes(pathname)) event.respondWith(asset(request));
});

/** From the server, so that a new version is seen at once; without it, from here. */
async function page(request: Request): Promise<Response> {
  const kept = await caches.match('/', { cacheName: CACHE });
  if (!kept) return fetch(request);
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE_MS));
  try {
    const answer = await Promise.race([fetch(request), late]);
    return answer?.ok ? answer : kept;
  } catch {
    // No network, which is what the kept page is for.
    return kept;
  }
}

/** Their names change with their content. */
async function asset(request: Request): Promise<Response> {
  return (await caches.match(request, { cacheName: CACHE })) ?? fetch(request);
}
