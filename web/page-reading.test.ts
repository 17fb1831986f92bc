import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { Stage } from './fake-stage.ts';
import { noBrowser as skip } from './fake-visit.ts';

const stage = Stage.set();
const sidebar = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
/** The texts below the line that says New. */
const belowNew = (page: Page) =>
  page.locator('main .divider.new').evaluate((line) => {
    const texts: (string | undefined)[] = [];
    for (let row = line.nextElementSibling; row; row = row.nextElementSibling) {
      texts.push(row.querySelector('.text')?.textContent ?? undefined);
    }
    return texts;
  });

test('a message marked as unread, and what follows it, stays so until one reads on', { skip }, async () => {
  const { server, general } = stage;
  server.workspace.room('other', 'public', ['alice', 'bob']);
  for (const text of ['one', 'two', 'three']) server.workspace.say(general, 'bob', text);
  server.workspace.find(general).read.set('alice', 3);
  const page = await stage.visit('alice');
  const row = page.locator('article', { hasText: 'two' });
  await row.hover();
  await row.getByRole('button', { name: 'Mark as unread' }).click();
  await sidebar(page, 'general, 2 unread').waitFor();
  assert.deepEqual(await belowNew(page), ['two', 'three']);
  assert.equal(server.workspace.find(general).read.get('alice'), 1);

  // Though it is all in sight, and more comes.
  server.workspace.say(general, 'bob', 'four');
  await sidebar(page, 'general, 3 unread').waitFor();
  await page.waitForTimeout(700);
  assert.equal(server.workspace.find(general).read.get('alice'), 1);
  await sidebar(page, 'other').click();
  await page.getByRole('heading', { level: 1, name: 'other' }).waitFor();
  await sidebar(page, 'general, 3 unread').click();
  await page.getByText('four').waitFor();
  assert.deepEqual(await belowNew(page), ['two', 'three', 'four']);
  await sidebar(page, 'general').waitFor();
  assert.equal(server.workspace.find(general).read.get('alice'), 4);
});

test('U on a message marks it, one’s own too; Esc, or writing, reads the channel', { skip }, async () => {
  const { server, general } = stage;
  server.workspace.say(general, 'bob', 'one');
  server.workspace.say(general, 'alice', 'mine');
  const page = await stage.visit('alice');
  const mine = page.locator('article', { hasText: 'mine' });
  await mine.focus();
  await page.keyboard.press('u');
  await sidebar(page, 'general, 1 unread').waitFor();
  assert.deepEqual(await belowNew(page), ['mine']);
  await page.keyboard.press('Escape');
  await sidebar(page, 'general').waitFor();
  await mine.focus();
  await page.keyboard.press('u');
  await sidebar(page, 'general, 1 unread').waitFor();
  await page.getByRole('textbox', { name: 'Message #general' }).fill('on it goes');
  await page.keyboard.press('Enter');
  await sidebar(page, 'general').waitFor();
});

test('what one marks on one device stays unread on the other, where it is in sight', { skip }, async () => {
  const { server, general } = stage;
  for (const text of ['one', 'two']) server.workspace.say(general, 'bob', text);
  const [here, there] = [await stage.visit('alice'), await stage.visit('alice')];
  await sidebar(there, 'general').waitFor();
  const row = here.locator('article', { hasText: 'two' });
  await row.hover();
  await row.getByRole('button', { name: 'Mark as unread' }).click();
  await sidebar(there, 'general, 1 unread').waitFor();
  assert.deepEqual(await belowNew(there), ['two']);
  await there.waitForTimeout(1_000);
  assert.equal(server.workspace.find(general).read.get('alice'), 1);
});

test('Shift and Esc read all channels, as does a button; the keys dialog knows both keys', { skip }, async () => {
  const { server } = stage;
  const rooms = ['plans', 'talk'].map((name) => server.workspace.room(name, 'public', ['alice', 'bob']));
  const page = await stage.visit('alice');
  for (const room of rooms) server.workspace.say(room, 'bob', 'unread');
  await sidebar(page, 'talk, 1 unread').waitFor();
  await page.keyboard.press('Shift+Escape');
  await page.getByText('All channels are read.').waitFor();
  for (const name of ['plans', 'talk']) await sidebar(page, name).waitFor();
  server.workspace.say(rooms[0]!, 'bob', 'again');
  await sidebar(page, 'plans, 1 unread').waitFor();
  await page.getByRole('button', { name: 'Mark all as read' }).click();
  await sidebar(page, 'plans').waitFor();
  await page.getByRole('log').focus();
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await keys.getByText('Mark all channels as read').waitFor();
  await keys.getByText('mark it and what follows as unread').waitFor();
});

test('a thread shows who takes part, and which replies are new; one that got some says so', { skip }, async () => {
  const { server, general } = stage;
  const root = server.workspace.say(general, 'bob', 'the root');
  const reply = (user: string, text: string) =>
    server.workspace.say(general, user, text, { thread_id: root.message_id });
  reply('alice', 'my view');
  reply('bob', 'his view');
  const page = await stage.visit('alice');
  await page.getByRole('button', { name: '2 replies' }).click();
  const thread = page.getByRole('complementary', { name: 'Thread' });
  await thread.getByText('Alice Moreau, Bob Okafor replied').waitFor();
  const line = thread.getByRole('separator', { name: 'New' });
  await line.waitFor();
  assert.match((await line.evaluate((one) => one.nextElementSibling?.textContent)) ?? '', /his view/);
  const told = () => server.workspace.threadRead.get(`alice ${root.message_id}`);
  for (let look = 0; look < 50 && !told(); look++) await page.waitForTimeout(50);
  assert.equal(told(), server.workspace.find(general).messages.at(-1)!.message_id);

  await page.keyboard.press('Escape');
  reply('carol', 'another view');
  await page.getByRole('button', { name: '3 replies new' }).click();
  await thread.getByText(/Carol Lindqvist replied/).waitFor();
  assert.match((await line.evaluate((one) => one.nextElementSibling?.textContent)) ?? '', /another view/);
  await page.getByRole('button', { name: '3 replies', exact: true }).waitFor();
});
