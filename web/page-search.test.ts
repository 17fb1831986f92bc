import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stage } from './fake-stage.ts';
import { noBrowser as skip } from './fake-visit.ts';

const stage = Stage.set();

test('filters are pressed, and write into the search what they mean', { skip }, async () => {
  const { server, general } = stage;
  const other = server.workspace.room('other', 'public', ['alice', 'bob']);
  const day = (text: string) => ({ at: Date.parse(`${text}T12:00:00Z`) });
  server.workspace.say(general, 'bob', 'a heron', day('2026-03-01'));
  server.workspace.say(general, 'alice', 'my heron https://example.com/', day('2026-03-02'));
  server.workspace.say(other, 'bob', 'a heron elsewhere', day('2026-03-03'));
  const page = await stage.visit('alice');
  await page.keyboard.press('Control+Shift+F');
  const field = page.getByRole('searchbox');
  const filters = page.getByRole('group', { name: 'Filters' });
  const found = (count: string) => page.getByText(count, { exact: true }).waitFor();
  await field.fill('heron');
  await found('3 messages');
  await filters.getByRole('button', { name: 'In #general' }).click();
  await found('2 messages');
  assert.equal(await field.inputValue(), 'heron in:#general');
  await filters.getByRole('button', { name: 'From…' }).click();
  await page.getByRole('dialog', { name: 'Messages from' }).getByRole('button', { name: /Bob/ }).click();
  await found('1 message');
  assert.equal(await field.inputValue(), 'heron in:#general from:@bob');
  await filters.getByRole('button', { name: 'From Bob Okafor', pressed: true }).click();
  await found('2 messages');
  await filters.getByRole('button', { name: 'Has a link' }).click();
  await found('1 message');
  // What is typed is shown by the filters, too.
  await field.fill('heron after:2026-03-01');
  await found('2 messages');
  assert.equal(await filters.getByLabel('After').inputValue(), '2026-03-01');
  await filters.getByRole('button', { name: 'Has a link', pressed: false }).waitFor();
  await filters.getByLabel('Before').fill('2026-03-03');
  await found('1 message');
  assert.equal(await field.inputValue(), 'heron after:2026-03-01 before:2026-03-03');
  await page
    .getByRole('navigation')
    .getByRole('button', { name: /^other/ })
    .click();
  await filters.getByRole('button', { name: 'In #other', pressed: false }).waitFor();
  const asked = page.waitForRequest((request) => request.url().includes('sort=newest'));
  await page.getByLabel('Order').selectOption('newest');
  await asked;
});

test('says beside the field what of a search is not understood; what was found before stays', { skip }, async () => {
  stage.server.workspace.say(stage.general, 'bob', 'a heron');
  const page = await stage.visit('alice');
  await page.keyboard.press('Control+Shift+F');
  const field = page.getByRole('searchbox');
  await field.fill('heron');
  await page.locator('mark').waitFor();
  await field.fill('heron before:soon');
  await page.getByRole('alert').getByText('before:soon: soon is no day of the form YYYY-MM-DD').waitFor();
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  assert.equal(await page.locator('mark').count(), 1);
  await field.fill('hreon');
  await page.getByText('Nothing found. Did you mean').waitFor();
  assert.equal(await field.getAttribute('aria-invalid'), null);
  await page.getByRole('button', { name: 'deploy' }).click();
  assert.equal(await field.inputValue(), 'deploy');
});
