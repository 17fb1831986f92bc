import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { FakeServer } from './fake-server.ts';
import { FakeVisit, launchBrowser, noBrowser as skip } from './fake-visit.ts';

const MESSAGES = 100_000;
/** How often the reader comes to the upper end: what grows with it would have grown many times over. */
const [WARM, DEEP] = [20, 200];

let browser: Browser;
let server: FakeServer;

before(async () => {
  server = await FakeServer.start();
  const general = server.workspace.room('general', 'public', ['alice', 'bob']);
  // Of many heights: a place that is kept by guessing them would move.
  server.workspace.fill(
    general,
    MESSAGES,
    (i) => `note ${i} ${'and what else there was to say '.repeat((i * 7) % 12)}`,
  );
  server.workspace.find(general).read.set('alice', MESSAGES);
  if (!skip) browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await server.close();
});

interface Pages {
  readonly loaded: number;
  /** How far the row in sight moved, px, at most. */
  readonly moved: number;
  readonly articles: number;
  /** The longest time, ms, that no frame was drawn. */
  readonly still: number;
}

/** Scrolls up by pages, `times` times past the upper end of what is loaded, and watches a row in sight. */
function scrollUp(page: Page, times: number): Promise<Pages> {
  return page.getByRole('log').evaluate(async (log, count) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const rows = () => [...log.querySelectorAll<HTMLElement>('article')];
    const offset = (row: Element) => row.getBoundingClientRect().top - log.getBoundingClientRect().top;
    const found = { loaded: 0, moved: 0, articles: 0, still: 0 };
    while (found.loaded < count) {
      log.scrollTop = Math.max(0, log.scrollTop - log.clientHeight * 0.9);
      const seen = rows().find((row) => offset(row) + row.clientHeight > 0)!;
      const [top, id, first] = [offset(seen), seen.dataset['id']!, rows()[0]!.dataset['id']];
      const near = log.scrollTop < 800;
      for (let wait = 0; wait < 600; wait++) {
        const before = performance.now();
        await frame();
        found.still = Math.max(found.still, performance.now() - before);
        const now = log.querySelector(`[data-id="${id}"]`);
        found.moved = Math.max(found.moved, now ? Math.abs(offset(now) - top) : 9_999);
        if (!near || rows()[0]!.dataset['id'] !== first) break;
        if (wait === 599) throw new Error('no older page came');
      }
      if (near) found.loaded++;
      found.articles = Math.max(found.articles, rows().length);
    }
    return found;
  }, times);
}

async function sizes(devtools: CDPSession): Promise<{ nodes: number; heap: number }> {
  for (let i = 0; i < 3; i++) await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const value = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return { nodes: value('Nodes'), heap: value('JSHeapUsedSize') };
}

test('a history of 100,000 messages scrolls without a jump, in memory that stays as it is', { skip }, async () => {
  const visit = await FakeVisit.begin(browser, server);
  const page = await visit.connectedTab('alice');
  await page.getByText(`note ${MESSAGES - 1}`).waitFor();
  // What runs this test names functions with a helper that the page lacks.
  await page.evaluate('globalThis.__name = (value) => value');
  const devtools = await visit.context.newCDPSession(page);
  await devtools.send('Performance.enable');
  await scrollUp(page, WARM);
  const early = await sizes(devtools);
  const pages = await scrollUp(page, DEEP);
  const late = await sizes(devtools);
  console.log(`# ${JSON.stringify({ ...pages, early, late })}`);
  assert.ok(pages.moved <= 2, `a row in sight moved by ${pages.moved} px`);
  assert.ok(pages.articles <= 200, `${pages.articles} rows`);
  assert.ok(late.nodes < early.nodes * 1.1, `${early.nodes} nodes, then ${late.nodes}`);
  assert.ok(late.heap < early.heap * 1.1 + 500_000, `${early.heap} bytes, then ${late.heap}`);
  // Down again by the button, and there it goes on.
  await page.getByRole('button', { name: 'Newest messages' }).click();
  await page.getByText(`note ${MESSAGES - 1} `).waitFor();
  assert.deepEqual(visit.faults, []);
  await visit.context.close();
});
