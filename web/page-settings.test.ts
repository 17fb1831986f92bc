import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../tests/support/eventually.ts';
import { Stage } from './fake-stage.ts';
import { kept, noBrowser as skip } from './fake-visit.ts';

const stage = Stage.set();

const confirms = (page: Page, title: RegExp, yes: string) =>
  page.getByRole('dialog', { name: title }).getByRole('button', { name: yes }).click();

test('a channel is muted: the list says so, and it counts no more in the title', { skip }, async () => {
  const { server, general } = stage;
  const other = server.workspace.room('other', 'public', ['bob', 'alice']);
  const page = await stage.visit('alice');
  server.workspace.say(other, 'bob', '<@alice> hear');
  await page.waitForFunction(() => document.title.startsWith('(1) '));
  await page.getByRole('button', { name: /^other/ }).click();
  await page.getByRole('button', { name: 'About this channel' }).click();
  const dialog = page.getByRole('dialog', { name: 'About other' });
  await dialog.getByLabel('Tell me of').selectOption('none');
  await dialog.getByText('stays silent').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^general/ }).click();
  server.workspace.say(other, 'bob', '<@alice> again');
  await page.getByRole('button', { name: 'other, muted, 1 unread, 1 mention' }).waitFor();
  assert.match(await page.title(), /^general/);
  assert.equal(server.workspace.settings.levels.get(`alice ${other}`), 'none');
  // A later visit, and one without a network, know it, too.
  await eventually(async () => assert.match(await kept(page), /"muted":true/), 5000);
  await page.reload();
  await page.getByRole('button', { name: /^other, muted/ }).waitFor();
  assert.equal(server.workspace.settings.levels.has(`alice ${general}`), false);
});

test('what may push is chosen in a direct message, too; in it everything does', { skip }, async () => {
  const { server } = stage;
  const dm = server.workspace.room('', 'dm', ['alice', 'bob']);
  const page = await stage.visit('alice');
  await page.getByRole('button', { name: /^Bob Okafor/ }).click();
  await page.getByRole('button', { name: 'About this channel' }).click();
  const dialog = page.getByRole('dialog', { name: 'About Bob Okafor' });
  assert.equal(await dialog.getByLabel('Tell me of').inputValue(), 'all');
  assert.equal(await dialog.getByLabel('Topic').count(), 0);
  await dialog.getByLabel('Tell me of').selectOption('mentions');
  await eventually(() => assert.equal(server.workspace.settings.levels.get(`alice ${dm}`), 'mentions'), 2000);
});

test('how long a channel keeps is read by all, and said by admins after a warning', { skip }, async () => {
  const { server, general } = stage;
  const { days } = server.workspace.settings;
  days.set('', 90);
  const member = await stage.visit('bob');
  await member.getByRole('button', { name: 'About this channel' }).click();
  await member.getByText('kept for 90 days, as the workspace says').waitFor();
  assert.equal(await member.getByLabel('Keep messages').isVisible(), false);

  const page = await stage.visit('alice', {}, 'admin');
  await page.getByRole('button', { name: 'About this channel' }).click();
  const kept = page.getByRole('region', { name: 'How long messages are kept' });
  await kept.getByLabel('Keep messages').selectOption({ label: 'For a number of days' });
  await kept.getByLabel('Days').fill('0');
  await kept.getByRole('button', { name: 'Change' }).click();
  assert.equal(await page.getByRole('dialog').count(), 1, 'no number of days, nothing asked');
  await kept.getByLabel('Days').fill('30');
  await kept.getByRole('button', { name: 'Change' }).click();
  await confirms(page, /^Keep messages of general for 30 days\?/, 'Cancel');
  assert.equal(days.has(general), false);
  await kept.getByRole('button', { name: 'Change' }).click();
  await confirms(page, /^Keep messages of general for 30 days\?/, 'Change');
  await kept.getByText('Messages here are kept for 30 days.').waitFor();
  assert.equal(days.get(general), 30);
  await kept.getByLabel('Keep messages').selectOption({ label: 'For good' });
  await kept.getByRole('button', { name: 'Change' }).click();
  await kept.getByText('kept for good.').waitFor();
  assert.equal(days.get(general), 0);
});

test('quiet hours begin with the browser’s time zone, and end when they are put away', { skip }, async () => {
  const { quiet } = stage.server.workspace.settings;
  const page = await stage.visit('alice', { timezoneId: 'Europe/Vienna' });
  await page.getByRole('button', { name: /set your status/ }).click();
  const form = page.getByRole('form', { name: 'Quiet hours' });
  await form.getByLabel(/^Quiet hours/).check();
  await form.getByLabel('From').fill('21:30');
  await form.getByRole('button', { name: 'Save quiet hours' }).click();
  await form.getByText('From 21:30 to 07:00, each day.').waitFor();
  assert.deepEqual(quiet.get('alice'), { from: '21:30', to: '07:00', zone: 'Europe/Vienna' });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /set your status/ }).click();
  await page.waitForFunction(() => (document.getElementById('quiet-from') as HTMLInputElement).value === '21:30');
  await form.getByLabel(/^Quiet hours/).uncheck();
  await form.getByRole('button', { name: 'Save quiet hours' }).click();
  await form.getByText('There are no quiet hours.').waitFor();
  assert.equal(quiet.size, 0);
});

test('admins say what pushes tell and how long the workspace keeps, after a warning', { skip }, async () => {
  const { settings } = stage.server.workspace;
  const page = await stage.visit('alice', {}, 'admin');
  await page.getByRole('button', { name: 'Workspace settings' }).click();
  const dialog = page.getByRole('dialog', { name: 'Workspace settings' });
  await dialog.getByLabel('Pushes to phones say who wrote what').uncheck();
  await dialog.getByText('Saved.').waitFor();
  assert.equal(settings.pushBodies, 'withheld');
  await dialog.getByText('goes for ever, within minutes').waitFor();
  await dialog.getByLabel('Keep messages').selectOption({ label: 'For a number of days' });
  await dialog.getByRole('button', { name: 'Change' }).click();
  await confirms(page, /^Keep messages for 365 days\?/, 'Remove what is older');
  await dialog.getByText('Messages are kept for 365 days').waitFor();
  assert.equal(settings.days.get(''), 365);
  assert.equal(await dialog.getByRole('tab', { name: 'Erasures' }).count(), 0);
});

test('members have no workspace settings', { skip }, async () => {
  const page = await stage.visit('alice');
  assert.equal(await page.getByRole('button', { name: 'Workspace settings' }).count(), 0);
});

test('legal holds are put on everything, a channel or a person, and released', { skip }, async () => {
  const { server, general } = stage;
  const { holds } = server.workspace.settings;
  const page = await stage.visit('alice', {}, 'admin');
  await page.getByRole('button', { name: 'Workspace settings' }).click();
  const dialog = page.getByRole('dialog', { name: 'Workspace settings' });
  await dialog.getByRole('tab', { name: 'Legal holds' }).click();
  const put = async (what: string, why: string, choose: () => Promise<unknown>) => {
    await dialog.getByRole('button', { name: 'New hold' }).click();
    await dialog.getByLabel('Hold', { exact: true }).selectOption(what);
    await choose();
    await dialog.getByLabel('Why').fill(why);
    await dialog.getByRole('button', { name: 'Put hold' }).click();
    await dialog.getByText(why).waitFor();
  };
  await put('all', 'an audit', async () => undefined);
  await put('channel', 'a contract', () => dialog.getByLabel('Which channel').selectOption({ label: 'general' }));
  await put('person', 'a dispute', async () => {
    await dialog.getByLabel('Find the person by name').fill('car');
    await dialog.getByRole('button', { name: /Carol/ }).waitFor();
    await page.keyboard.press('Enter');
    await dialog.getByText('On Carol Lindqvist').waitFor();
  });
  assert.deepEqual(
    [...holds.values()].map(({ channel_id, user_id, reason }) => [channel_id, user_id, reason]),
    [
      [null, null, 'an audit'],
      [general, null, 'a contract'],
      [null, 'carol', 'a dispute'],
    ],
  );
  await dialog.getByRole('button', { name: 'Release the hold on #general' }).click();
  await confirms(page, /^Release the hold on #general/, 'Release');
  await dialog.getByText('a contract').waitFor({ state: 'detached' });
  assert.equal(holds.size, 2);
});

test('an owner erases a person by typing their name, and sees it under way', { skip }, async () => {
  const { server, general } = stage;
  server.workspace.say(general, 'carol', 'I was here');
  const page = await stage.visit('alice', {}, 'owner');
  await page
    .getByRole('article', { name: /I was here/ })
    .getByRole('button', { name: 'Carol Lindqvist' })
    .click();
  const profile = page.getByRole('dialog', { name: 'Carol Lindqvist', exact: true });
  await profile.getByRole('button', { name: 'Erase…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Erase Carol Lindqvist?' });
  const erase = dialog.getByRole('button', { name: 'Erase for ever' });
  await page.keyboard.type('Carol');
  assert.equal(await erase.isDisabled(), true);
  await page.keyboard.press('Enter');
  assert.equal(server.workspace.settings.erasures.length, 0);
  await page.keyboard.type(' Lindqvist');
  await erase.click();
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual(
    server.workspace.settings.erasures.map(({ user_id }) => user_id),
    ['carol'],
  );
  await page.getByRole('button', { name: 'Workspace settings' }).click();
  await page.getByRole('tab', { name: 'Erasures' }).click();
  await page.getByRole('listitem').getByText('carol').waitFor();
  await page.getByText(/Under way/).waitFor();
});

test('an admin ends access and gives it back, and erases nobody', { skip }, async () => {
  const { server, general } = stage;
  server.workspace.say(general, 'bob', 'hello');
  const page = await stage.visit('alice', {}, 'admin');
  await page.getByRole('article', { name: /hello/ }).getByRole('button', { name: 'Bob Okafor' }).click();
  const profile = page.getByRole('dialog', { name: 'Bob Okafor', exact: true });
  await profile.getByRole('button', { name: 'End access' }).click();
  await confirms(page, /^End the access of Bob/, 'End access');
  await profile.getByText('no longer here').waitFor();
  assert.equal(await profile.getByRole('button', { name: 'Erase…' }).count(), 0);
  await profile.getByRole('button', { name: 'Give access back' }).click();
  await profile.getByRole('button', { name: 'Message' }).click();
  await page.getByRole('heading', { level: 1, name: 'Bob Okafor' }).waitFor();
});
