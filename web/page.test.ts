import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { FakeServer } from './fake-server.ts';
import { Stage } from './fake-stage.ts';
import { noBrowser as skip } from './fake-visit.ts';

const stage = Stage.set();
const visit: Stage['visit'] = (...who) => stage.visit(...who);
let server: FakeServer;
let general: string;

beforeEach(() => {
  ({ server, general } = stage);
});

const write = async (page: Page, text: string) => {
  await page.getByRole('textbox', { name: 'Message #general' }).fill(text);
  await page.keyboard.press('Enter');
};

test('takes the token from the address, and sends to others at once', { skip }, async () => {
  const [alice, bob] = [await visit('alice'), await visit('bob')];
  assert.equal(alice.url(), `${server.url}/`);
  await write(alice, 'two <b>lines</b>\nhttps://example.com/ <img src=x onerror=alert(1)>');
  const row = bob.locator('article');
  await row.waitFor();
  assert.equal(await row.locator('a').getAttribute('href'), 'https://example.com/');
  assert.equal(await row.locator('b, img').count(), 0);
  assert.match((await row.textContent()) ?? '', /two <b>lines<\/b>/);
  await alice.locator('article:not(.echo)').waitFor();
});

test('shows what was refused as failed, and sends it on retry', { skip }, async () => {
  const page = await visit('alice');
  await write(page, 'refuse me');
  await page.getByText('Not sent: This text is not allowed here.').waitFor();
  server.refuse = '';
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.locator('article:not(.echo)').waitFor();
});

test('keeps what was written offline, and hears what was missed', { skip }, async () => {
  const page = await visit('alice');
  server.down = true;
  server.cut();
  await page
    .getByText(/^Reconnecting/)
    .first()
    .waitFor();
  await write(page, 'written offline');
  await page.locator('article.echo').waitFor();
  server.workspace.say(general, 'bob', 'said meanwhile');
  server.down = false;
  await page.getByText('said meanwhile').waitFor({ timeout: 8_000 });
  await page.locator('article:not(.echo)', { hasText: 'written offline' }).waitFor();
});

test('pages through a long history, keeps its place, and keeps the page small', { skip }, async () => {
  for (let i = 0; i < 600; i++) server.workspace.say(general, i % 2 ? 'alice' : 'bob', `note ${i}`);
  const page = await visit('alice');
  await page.getByText('note 599', { exact: true }).waitFor();
  const log = page.getByRole('log');
  for (let turn = 0; turn < 60 && !(await page.getByText('This is where #general begins.').isVisible()); turn++) {
    const place = await log.evaluate((element) => {
      element.scrollTop = 400;
      const edge = element.getBoundingClientRect().top;
      const rows = [...element.querySelectorAll<HTMLElement>('article')];
      const row = rows.find((one) => one.getBoundingClientRect().bottom > edge)!;
      return { id: row.dataset['id']!, top: row.getBoundingClientRect().top };
    });
    await page.waitForTimeout(80);
    const now = await log.evaluate(
      (element, id) => element.querySelector(`[data-id="${id}"]`)?.getBoundingClientRect().top,
      place.id,
    );
    assert.ok(now !== undefined && Math.abs(now - place.top) < 2, `row ${place.id} moved from ${place.top} to ${now}`);
    assert.ok((await page.locator('article').count()) <= 200);
    await log.evaluate((element) => element.scrollTo(0, 0));
    await page.waitForTimeout(80);
  }
  await page.getByText('note 0', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Newest messages' }).click();
  await page.getByText('note 599', { exact: true }).waitFor();
});

test('finds a message, and jumps to it', { skip }, async () => {
  for (let i = 0; i < 300; i++) server.workspace.say(general, 'bob', i === 40 ? 'a rare <b>heron</b>' : `note ${i}`);
  const page = await visit('alice');
  await page.keyboard.press('Control+Shift+F');
  await page.keyboard.type('heron');
  assert.equal(await page.locator('mark').first().textContent(), 'heron');
  await page.keyboard.press('Enter');
  const row = page.locator('article', { hasText: 'a rare <b>heron</b>' });
  await row.waitFor();
  await page.waitForFunction(() => document.activeElement?.matches('article'));
  assert.ok(await row.evaluate((element) => element === document.activeElement));
});

test('counts replies, opens threads, and replies there', { skip }, async () => {
  const root = server.workspace.say(general, 'bob', 'the root');
  const page = await visit('alice');
  server.workspace.say(general, 'bob', 'first reply', { thread_id: root.message_id });
  await page.getByRole('button', { name: '1 reply' }).click();
  const thread = page.getByRole('complementary', { name: 'Thread' });
  await thread.getByText('first reply').waitFor();
  await thread.getByRole('textbox', { name: 'Reply' }).fill('second reply');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '2 replies' }).waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await thread.count(), 0);
});

test('shows unread counts and mentions, and reads what is on screen', { skip }, async () => {
  const other = server.workspace.room('other', 'public', ['alice', 'bob']);
  const page = await visit('alice');
  server.workspace.say(other, 'bob', 'one');
  await page.getByRole('button', { name: 'other, 1 unread' }).waitFor();
  server.workspace.say(other, 'bob', '<@alice> two');
  await page.getByRole('button', { name: 'other, 2 unread, 1 mention' }).click();
  await page.getByRole('button', { name: 'other', exact: true }).waitFor();
  assert.equal(server.workspace.find(other).read.get('alice'), 2);
});

test('edits, deletes and reacts; shows why where the server refuses', { skip }, async () => {
  server.workspace.say(general, 'alice', 'teh text');
  const page = await visit('alice');
  await page.getByText('teh text').waitFor();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('the text');
  await page.keyboard.press('Enter');
  await page.getByText('(edited)').waitFor();
  await page.locator('article').hover();
  await page.getByRole('button', { name: 'React', exact: true }).click();
  await page.getByRole('button', { name: 'React with 🎉' }).click();
  await page.getByRole('button', { name: /^🎉, 1/ }).waitFor();
  server.workspace.bare = true;
  await page.getByRole('button', { name: /^🎉, 1/ }).click();
  await page.getByText('No reaction: This server does not do that yet.').waitFor();
  server.workspace.bare = false;
  await page.locator('article').hover();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('This message was deleted.').waitFor();
});

test('is used by touch: a tap on a message shows what can be done with it, and no keyboard opens by itself', {
  skip,
}, async () => {
  server.workspace.say(general, 'bob', 'a plan');
  const page = await visit('alice', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const row = page.locator('article', { hasText: 'a plan' });
  await row.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'BODY');
  await row.tap();
  await row.getByRole('button', { name: 'React', exact: true }).tap();
  await row.getByRole('button', { name: 'React with 🎉' }).tap();
  await row.getByRole('button', { name: /^🎉, 1/ }).waitFor();
});

test('is used by keyboard alone: switching, creating, joining, asking for a person', { skip }, async () => {
  server.workspace.room('open-door', 'public', ['bob']);
  const page = await visit('alice');
  await page.getByRole('button', { name: 'Browse channels' }).focus();
  await page.keyboard.press('Enter');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /open-door/ })
    .waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'open-door' }).waitFor();
  await page.getByRole('button', { name: 'Create a channel' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('plans');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'plans' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('gen');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'general' }).waitFor();
  await page.keyboard.type('ask @car');
  await page.getByRole('option', { name: /Carol/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.locator('article .mention', { hasText: '@Carol Lindqvist' }).waitFor();
  assert.equal(server.workspace.find(general).messages.at(-1)?.text, 'ask <@carol> ');
});

test('says what its keys do, and goes through the channels by two of them', { skip }, async () => {
  server.workspace.room('plans', 'public', ['alice', 'bob']);
  const page = await visit('alice');
  await page.keyboard.type('?');
  assert.equal(await page.getByRole('textbox', { name: 'Message #general' }).inputValue(), '?');
  await page.getByRole('log').focus();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Alt+ArrowDown');
  await page.getByRole('heading', { level: 1, name: 'plans' }).waitFor();
  await page.keyboard.press('Alt+ArrowUp');
  await page.getByRole('heading', { level: 1, name: 'general' }).waitFor();
});

test('changes a channel, lists people, and deletes what others said where one may', { skip }, async () => {
  server.workspace.say(general, 'bob', 'off the point');
  const page = await visit('alice');
  await page.getByRole('button', { name: 'About this channel' }).click();
  await page.getByLabel('Topic').fill('Whatever comes');
  await page.keyboard.press('Enter');
  await page.locator('.channel-head .topic', { hasText: 'Whatever comes' }).waitFor();
  await page.locator('article').hover();
  // She made this channel.
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('This message was deleted.').waitFor();
  await page.getByRole('button', { name: 'About this channel' }).click();
  await page.getByRole('button', { name: 'Archive' }).click();
  await page
    .getByRole('dialog', { name: /^Archive/ })
    .getByRole('button', { name: 'Archive' })
    .click();
  await page.getByText('This channel is archived').waitFor();
  await page.getByRole('button', { name: 'About this channel' }).click();
  await page.getByRole('button', { name: 'Use it again' }).click();
  await page.getByRole('textbox', { name: 'Message #general' }).waitFor();
  await page.getByRole('button', { name: 'Message someone' }).click();
  const carol = page.getByRole('dialog').getByRole('button', { name: /Carol Lindqvist/ });
  await carol.getByRole('img', { name: 'online' }).waitFor();
  await carol.click();
  await page.getByRole('heading', { level: 1, name: 'Carol Lindqvist' }).waitFor();
});

test('one Tab leads past the messages, and arrows lead into them', { skip }, async () => {
  for (let i = 0; i < 20; i++) server.workspace.say(general, 'bob', `note ${i} https://example.com/`);
  const page = await visit('alice');
  await page.getByText('note 19').waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  await page.getByRole('log').focus();
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'Message #general');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('ArrowUp');
  assert.match((await focused()) ?? '', /^Bob Okafor, .*: note 19/);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'React');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Thread' }).waitFor();
});

test('asks for a token where there is none, and when it is no longer good', { skip }, async () => {
  const page = await visit('alice');
  server.cut(4401);
  await page.getByText('Your session has ended.').waitFor();
  await page.getByLabel('Token').fill('nonsense');
  await page.keyboard.press('Enter');
  await page.getByText(/This is no token/).waitFor();
  await page.getByLabel('Token').fill(server.link('bob').split('token=')[1]!);
  await page.keyboard.press('Enter');
  await page.getByText('Bob Okafor').waitFor();
});
