import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { FakeServer } from './fake-server.ts';
import { FakeVisit, launchBrowser, noBrowser } from './fake-visit.ts';

/** For a file of tests: one browser, and for each test a fake workspace with the channel `general` of Alice and Bob. */
export class Stage {
  server!: FakeServer;
  /** Its id. */
  general!: string;
  #browser: Browser | undefined;
  #visits: FakeVisit[] = [];

  readonly #timeoutMs: number;

  private constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** `timeoutMs`: what anything on a page may take. */
  static set(timeoutMs = 5_000): Stage {
    const stage = new Stage(timeoutMs);
    before(async () => {
      if (!noBrowser) stage.#browser = await launchBrowser();
    });
    beforeEach(async () => {
      stage.server = await FakeServer.start();
      stage.general = stage.server.workspace.room('general', 'public', ['alice', 'bob']);
      stage.#visits = [];
    });
    afterEach(async () => {
      await Promise.all(stage.#visits.map(({ context }) => context.close()));
      await stage.server.close();
      assert.deepEqual(
        stage.#visits.flatMap(({ faults }) => faults),
        [],
      );
    });
    after(() => stage.#browser?.close());
    return stage;
  }

  /** The page of one who is connected, in a browser profile of their own. */
  async visit(user: string, options: BrowserContextOptions = {}, role?: string): Promise<Page> {
    const visit = await FakeVisit.begin(this.#browser!, this.server, options);
    visit.context.setDefaultTimeout(this.#timeoutMs);
    this.#visits.push(visit);
    const page = await visit.tab(user, role);
    // On a phone it lies in the sidebar, which is out of sight.
    await page.getByText('Connected', { exact: true }).first().waitFor({ state: 'attached' });
    return page;
  }
}
