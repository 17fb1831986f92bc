import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { FakeServer } from './fake-server.ts';

export { launchBrowser, noBrowser } from '../tests/support/browser.ts';

/** Someone's browser, with a profile of its own, at the page that a fake server serves. */
export class FakeVisit {
  /** Errors that the page threw, and what its policy stopped. */
  readonly faults: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly server: FakeServer,
  ) {}

  static async begin(browser: Browser, server: FakeServer, options: BrowserContextOptions = {}): Promise<FakeVisit> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    context.setDefaultTimeout(8_000);
    return new FakeVisit(context, server);
  }

  /** A new tab; signed in as `user`, or as whoever was here last. */
  async tab(user?: string, role?: string): Promise<Page> {
    const page = await this.context.newPage();
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (line) => {
      if (/Content Security Policy/.test(line.text())) this.faults.push(line.text());
    });
    await page.goto(user ? this.server.link(user, role) : this.server.url);
    return page;
  }

  async connectedTab(user?: string): Promise<Page> {
    const page = await this.tab(user);
    await connected(page);
    return page;
  }
}

export async function connected(page: Page): Promise<void> {
  await page.locator('.connection', { hasText: 'Connected' }).waitFor({ timeout: 20_000 });
}

/** Resolves once the page can be opened without a network. */
export async function workerReady(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
}

/** Everything that the browser keeps for this origin, as text. */
export async function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const found: unknown[] = [{ ...localStorage }];
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name!);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      for (const store of db.objectStoreNames) {
        const rows = await new Promise((resolve) => {
          const request = db.transaction(store).objectStore(store).getAll();
          request.onsuccess = () => resolve(request.result);
        });
        found.push(name, store, rows);
      }
      db.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      found.push((await cache.keys()).map(({ url }) => new URL(url).pathname));
    }
    return JSON.stringify(found);
  });
}
