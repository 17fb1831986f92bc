import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { FakeServer } from './fake-server.ts';
import { connected, FakeVisit, kept, launchBrowser, noBrowser as skip, workerReady } from './fake-visit.ts';

let browser: Browser;
let server: FakeServer;
let visit: FakeVisit;
let general: string;
let plans: string;

before(async () => {
  if (!skip) browser = await launchBrowser();
});

beforeEach(async () => {
  server = await FakeServer.start();
  general = server.workspace.room('general', 'public', ['alice', 'bob']);
  plans = server.workspace.room('plans', 'public', ['alice', 'bob']);
  if (!skip) visit = await FakeVisit.begin(browser, server);
});

afterEach(async () => {
  await visit?.context.close();
  await server.close().catch((error: NodeJS.ErrnoException) => assert.equal(error?.code, 'ERR_SERVER_NOT_RUNNING'));
  assert.deepEqual(visit?.faults ?? [], []);
});

after(async () => {
  await browser?.close();
});

const write = async (page: Page, text: string) => {
  await page.getByRole('textbox', { name: 'Message #general' }).fill(text);
  await page.keyboard.press('Enter');
};
const opens = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^${name}(,|$)`) }).click();

/** Presses it, unless the page comes back by itself before that. */
async function tryNow(page: Page): Promise<void> {
  await Promise.any([page.getByRole('button', { name: 'Try now' }).click(), connected(page)]);
}

/** Leaves once what is on the screen is kept, and what came by the way with it. */
async function leave(page: Page, text: string): Promise<void> {
  await workerReady(page);
  for (let look = 0; look < 50 && !(await kept(page)).includes(text); look++) await page.waitForTimeout(200);
  await page.waitForTimeout(2_500);
  await page.close();
}

test('opens without a network, shows and searches what is kept, and sends once what was written meanwhile', {
  skip,
}, async () => {
  for (let i = 0; i < 120; i++) server.workspace.say(general, 'bob', i === 100 ? 'a rare <b>heron</b>' : `note ${i}`);
  server.workspace.say(plans, 'carol', 'a plan with a heron');
  let page = await visit.connectedTab('alice');
  await page.getByText('note 119', { exact: true }).waitFor();
  await opens(page, 'plans');
  await page.getByText('a plan with a heron').waitFor();
  // Not opened, and kept nevertheless, for it was heard.
  await opens(page, 'general');
  await leave(page, 'a plan with a heron');
  await server.away();

  page = await visit.tab();
  await page.getByText('note 119', { exact: true }).waitFor();
  await page.getByText(/You see what is kept on this device/).waitFor();
  await page.locator('article .author', { hasText: 'Bob Okafor' }).first().waitFor();
  await opens(page, 'plans');
  await page.getByText('a plan with a heron').waitFor();
  await page.keyboard.press('Control+Shift+F');
  await page.keyboard.type('HERON');
  await page.getByText('Offline results: 2 messages among what is kept on this device.').waitFor();
  assert.deepEqual(await page.locator('mark').allTextContents(), ['heron', 'heron']);
  await page.getByRole('button', { name: /rare/ }).click();
  await page.locator('article', { hasText: 'a rare <b>heron</b>' }).waitFor();
  await page.keyboard.press('Escape');

  for (const text of ['first offline', 'second offline', 'third offline']) await write(page, text);
  await page.locator('article.echo', { hasText: 'third offline' }).waitFor();
  await page.reload();
  await page.locator('article.echo', { hasText: 'third offline' }).waitFor();
  assert.equal(await page.locator('article.echo').count(), 3);
  await page.close();
  page = await visit.tab();
  await page.locator('article.echo', { hasText: 'third offline' }).waitFor();

  await server.back();
  server.workspace.say(general, 'bob', 'said meanwhile');
  await tryNow(page);
  await connected(page);
  await page.getByText('said meanwhile').waitFor();
  await page.locator('article:not(.echo)', { hasText: 'third offline' }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('article.echo').length === 0);
  const sent = server.workspace.find(general).messages.filter(({ user_id }) => user_id === 'alice');
  assert.deepEqual(
    sent.map(({ text }) => text),
    ['first offline', 'second offline', 'third offline'],
  );
  await page.reload();
  await connected(page);
  await page.getByText('third offline').waitFor();
  assert.equal(server.workspace.find(general).messages.length, 124);
});

test('what was edited, deleted or taken away while nobody looked is so in what is kept, too', { skip }, async () => {
  const [first, second] = ['a secret', 'teh text'].map((text) => server.workspace.say(plans, 'bob', text));
  const gone = server.workspace.room('gone', 'private', ['alice', 'bob']);
  server.workspace.say(gone, 'bob', 'for members only');
  let page = await visit.connectedTab('alice');
  for (const [name, text] of [
    ['plans', 'teh text'],
    ['gone', 'for members only'],
    ['general', 'Nothing has been said here yet'],
  ] as const) {
    await opens(page, name);
    await page.getByText(text).waitFor();
  }
  await leave(page, 'for members only');

  server.workspace.change(plans, first!.message_id, 'message.deleted', { text: '', deleted: true });
  server.workspace.change(plans, second!.message_id, 'message.edited', { text: 'the text' });
  server.workspace.find(gone).members.delete('alice');
  // None of these channels is opened now.
  page = await visit.connectedTab();
  await page.getByRole('button', { name: 'gone' }).waitFor({ state: 'detached' });
  await leave(page, 'the text');
  await server.away();
  page = await visit.tab();
  const all = await kept(page);
  for (const text of ['a secret', 'teh text', 'for members only', '"gone"']) assert.ok(!all.includes(text), text);
  await opens(page, 'plans');
  await page.getByText('This message was deleted.').waitFor();
  await page.getByText('the text').waitFor();
});

test('a channel that one is removed from goes from what is kept', { skip }, async () => {
  server.workspace.say(plans, 'bob', 'for members only');
  const page = await visit.connectedTab('alice');
  await opens(page, 'plans');
  await page.getByText('for members only').waitFor();
  await opens(page, 'general');
  await page.waitForTimeout(2_500);
  assert.equal((await kept(page)).includes('for members only'), true);
  server.remove(plans, 'alice');
  await page.waitForTimeout(2_500);
  assert.equal((await kept(page)).includes('for members only'), false);
});

test('keeps 50 channels: one that is opened makes room for itself', { skip }, async () => {
  const rooms = Array.from({ length: 54 }, (_, i) => server.workspace.room(`room-${i}`, 'public', ['alice', 'bob']));
  const page = await visit.connectedTab('alice');
  await page.getByText('Nothing has been said here yet').waitFor();
  // The one that is open is written first.
  await page.waitForTimeout(1_500);
  for (const [i, room] of rooms.entries()) server.workspace.say(room, 'bob', `in room ${i}.`);
  await page.waitForTimeout(2_500);
  const channels = async () => new Set((await kept(page)).match(/in room \d+\./g));
  // The open one is the fiftieth.
  assert.equal((await channels()).size, 49);
  const left = rooms.length - 1;
  assert.equal((await channels()).has(`in room ${left}.`), false);
  await page.getByRole('button', { name: `room-${left}, 1 unread` }).click();
  await page.locator('article', { hasText: `in room ${left}.` }).waitFor();
  await page.waitForTimeout(2_500);
  assert.equal((await channels()).size, 49);
  assert.equal((await channels()).has(`in room ${left}.`), true);
});

test('keeps people apart, and nothing once they sign out', { skip }, async () => {
  server.workspace.say(general, 'bob', 'between alice and bob');
  let page = await visit.connectedTab('alice');
  const second = await visit.connectedTab('alice');
  await page.getByText('between alice and bob').waitFor();
  await leave(page, 'between alice and bob');
  page = await visit.connectedTab('carol');
  await page.getByText('You are in no channel yet. Join one').waitFor();
  assert.equal(await page.getByText('between alice').count(), 0);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Token').waitFor();
  assert.equal((await kept(page)).includes('between alice and bob'), true);

  await server.away();
  await second
    .getByText(/Reconnecting/)
    .first()
    .waitFor();
  await write(second, 'never sent');
  await second.getByRole('button', { name: 'Sign out' }).click();
  await second.getByText('One message is not sent yet, and would be lost.').waitFor();
  await second.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await second.getByLabel('Token').waitFor();
  const all = await kept(second);
  for (const text of ['alice', 'demo', 'never sent']) assert.ok(!all.includes(text), `${text} in ${all}`);
});

test('groups have their names without a network, too, and call those who are in them', { skip }, async () => {
  server.workspace.groups.set('g1', { name: 'Night shift', members: ['alice'] });
  server.workspace.say(general, 'bob', '<!group:g1> wake up');
  let page = await visit.connectedTab('alice');
  await page.locator('article.mentioned .mention.me', { hasText: '@Night shift' }).waitFor();
  await leave(page, 'Night shift');
  await server.away();
  page = await visit.tab();
  await page.locator('article.mentioned .mention.me', { hasText: '@Night shift' }).waitFor();
  await server.back();
  server.workspace.groups.set('g1', { name: 'Day shift', members: ['bob'] });
  await tryNow(page);
  await page.locator('article:not(.mentioned) .mention', { hasText: '@Day shift' }).waitFor();
});

test('the worker keeps the page and its files, and no answer of the server', { skip }, async () => {
  const page = await visit.connectedTab('alice');
  await workerReady(page);
  await page.reload();
  await connected(page);
  const paths = await page.evaluate(async () => {
    const found: string[] = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
    }
    return found.map((path) => path.replace(/\.[A-Z0-9]{8}\./, '.#.')).sort();
  });
  assert.deepEqual(paths, ['/', '/assets/app.#.css', '/assets/app.#.js']);
});
