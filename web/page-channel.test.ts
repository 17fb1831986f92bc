import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stage } from './fake-stage.ts';
import { noBrowser as skip } from './fake-visit.ts';

const stage = Stage.set();

test('whoever made a channel says that managers alone post; others read why, reply, and change what they said', {
  skip,
}, async () => {
  const { server, general } = stage;
  const root = server.workspace.say(general, 'bob', 'teh text');
  const [alice, bob] = [await stage.visit('alice'), await stage.visit('bob')];
  await bob.getByRole('textbox', { name: 'Message #general' }).waitFor();
  await alice.getByRole('button', { name: 'About this channel' }).click();
  await alice.getByLabel('Who may post').selectOption('managers');
  await alice.getByRole('button', { name: 'Save' }).click();
  await bob.getByText(/^Announcements: only whoever made this channel, admins and owners post here/).waitFor();
  assert.equal(await bob.getByRole('textbox', { name: 'Message #general' }).count(), 0);
  await alice.getByRole('textbox', { name: 'Message #general' }).waitFor();

  const row = bob.locator('main article');
  await row.hover();
  await row.getByRole('button', { name: 'Edit' }).click();
  await bob.keyboard.press('Control+A');
  await bob.keyboard.type('the text');
  await bob.keyboard.press('Enter');
  await row.getByText('the text').waitFor();
  await bob.getByText(/^Announcements/).waitFor();
  assert.equal(await bob.evaluate(() => document.activeElement?.tagName), 'MAIN');
  await row.hover();
  await row.getByRole('button', { name: 'Reply in thread' }).click();
  await bob.getByRole('textbox', { name: 'Reply' }).fill('a reply');
  await bob.keyboard.press('Enter');
  await alice.getByRole('button', { name: '1 reply' }).waitFor();
  assert.equal(server.workspace.find(general).messages.at(-1)?.thread_id, root.message_id);
  await bob.getByRole('button', { name: 'About this channel' }).click();
  assert.equal(await bob.getByLabel('Who may post').count(), 0);
});

test('a status is set with an end, which is shown until it is another', { skip }, async () => {
  const { server } = stage;
  const page = await stage.visit('alice');
  const self = page.getByRole('button', { name: /set your status/ });
  await self.click();
  await page.getByLabel('Away and Busy hold').selectOption('For 1 hour');
  const before = Date.now();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Busy Until/ })
    .click();
  await page.getByRole('button', { name: /^Alice Moreau, busy until \d.*: set your status$/ }).waitFor();
  const { status, until } = server.workspace.presence.get('alice')!;
  assert.equal(status, 'busy');
  const length = Date.parse(until!) - before;
  assert.ok(length >= 3_600_000 && length < 3_610_000, until);
  await page.reload();
  await page.getByRole('button', { name: /^Alice Moreau, busy until \d/ }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Busy Ends/ })
    .waitFor();
  await page.getByLabel('Away and Busy hold').selectOption('Until tomorrow morning');
  await page.getByRole('dialog').getByRole('button', { name: /^Away/ }).click();
  await page.getByRole('button', { name: /^Alice Moreau, away until tomorrow/ }).waitFor();
  // The server ends it, or one does elsewhere.
  server.workspace.setPresence('alice', 'online');
  await page.getByRole('button', { name: 'Alice Moreau, online: set your status' }).waitFor();
});

test('earlier texts are shown to who wrote them and to admins', { skip }, async () => {
  const { server, general } = stage;
  const { message_id } = server.workspace.say(general, 'bob', 'first <b>text</b>');
  const edit = (text: string) =>
    server.workspace.change(general, message_id, 'message.edited', { text, edited_at: new Date().toISOString() });
  edit('second text');
  edit('third text');
  const page = await stage.visit('bob');
  await page.getByRole('button', { name: '(edited)' }).click();
  const dialog = page.getByRole('dialog', { name: 'Earlier texts' });
  await dialog.getByText('first <b>text</b>').waitFor();
  const texts = await dialog.locator('.text').allTextContents();
  assert.deepEqual(texts, ['third text', 'second text', 'first <b>text</b>']);
  const alice = await stage.visit('alice');
  await alice.getByText('(edited)').waitFor();
  assert.equal(await alice.getByRole('button', { name: '(edited)' }).count(), 0);
  const admin = await stage.visit('alice', {}, 'admin');
  await admin.getByRole('button', { name: '(edited)' }).waitFor();
});

test('a choice of emoji stays open, and keeps the focus, when others react', { skip }, async () => {
  const { server, general } = stage;
  const { message_id } = server.workspace.say(general, 'bob', 'a plan');
  const page = await stage.visit('alice');
  const row = page.locator('article', { hasText: 'a plan' });
  await row.hover();
  await row.getByRole('button', { name: 'React', exact: true }).click();
  await page.keyboard.press('Tab');
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  assert.equal(await focused(), 'React with ❤️');
  server.workspace.react(general, message_id, '🚀', 'bob');
  await row.getByRole('button', { name: /^🚀, 1/ }).waitFor();
  assert.equal(await focused(), 'React with ❤️');
  await row.getByRole('button', { name: 'React with 🎉' }).click();
  await row.getByRole('button', { name: /^🎉, 1/ }).waitFor();
  assert.equal(await row.getByRole('button', { name: /^React with/ }).count(), 0);
  // The same for a chip that one pressed by its key.
  await row.getByRole('button', { name: /^🚀, 1/ }).focus();
  await page.keyboard.press('Enter');
  await row.getByRole('button', { name: /^🚀, 2/ }).waitFor();
  assert.match((await focused()) ?? '', /^🚀, 2/);
  await row.getByRole('button', { name: 'React', exact: true }).click();
  await page.keyboard.press('Escape');
  server.workspace.react(general, message_id, '👀', 'bob');
  await row.getByRole('button', { name: /^👀, 1/ }).waitFor();
  assert.equal(await row.getByRole('button', { name: /^React with/ }).count(), 0);
});

test('without a connection edits and reactions are refused at once, with the reason; the text stays', {
  skip,
}, async () => {
  const { server, general } = stage;
  server.workspace.say(general, 'alice', 'teh text');
  const page = await stage.visit('alice');
  const row = page.locator('article', { hasText: 'teh text' });
  await row.waitFor();
  server.down = true;
  server.cut();
  await page.getByText(/You see what is kept on this device/).waitFor();
  await row.hover();
  await row.getByRole('button', { name: 'React', exact: true }).click();
  await row.getByRole('button', { name: 'React with 🎉' }).click();
  await page.getByText(/^No reaction: you are offline\. New messages wait here and are sent later/).waitFor();
  await row.getByRole('button', { name: 'Edit' }).click();
  const field = page.getByRole('textbox', { name: 'Message #general' });
  await field.fill('the text');
  await field.press('Enter');
  await page.getByText(/^Not changed: you are offline/).waitFor();
  assert.equal(await field.inputValue(), 'the text');
});

test('can be installed: a manifest, and icons that are there', { skip }, async () => {
  const page = await stage.visit('alice');
  const files = await page.evaluate(async () => {
    const at = document.querySelector<HTMLLinkElement>('link[rel="manifest"]')!.href;
    const manifest = (await (await fetch(at)).json()) as { name: string; icons: { src: string; type: string }[] };
    const icons = await Promise.all(
      manifest.icons.map(async ({ src, type }) => {
        const answer = await fetch(src);
        return answer.ok && answer.headers.get('content-type') === type && (await answer.blob()).size > 200;
      }),
    );
    return { name: manifest.name, icons };
  });
  assert.deepEqual(files, { name: 'Millrace', icons: [true, true, true, true] });
});
