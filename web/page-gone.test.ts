import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../tests/support/eventually.ts';
import { Stage } from './fake-stage.ts';
import { connected, kept, noBrowser as skip } from './fake-visit.ts';

const stage = Stage.set();

test('what is no longer kept leaves the page and this device, and the top says so', { skip }, async () => {
  const { server, general } = stage;
  server.workspace.say(general, 'bob', 'an old secret');
  const { message_id } = server.workspace.say(general, 'bob', 'still here');
  const page = await stage.visit('alice');
  await page.getByText('an old secret').waitFor();
  await eventually(async () => assert.match(await kept(page), /an old secret/), 5000);
  server.workspace.trim(general, message_id);
  await page.getByText('an old secret').waitFor({ state: 'detached' });
  await page.getByText('Earlier messages are no longer kept').waitFor();
  await eventually(async () => {
    const device = await kept(page);
    assert.doesNotMatch(device, /an old secret/);
    assert.match(device, /still here/);
  }, 5000);
});

test('what went while the page was away leaves this device with the next visit', { skip }, async () => {
  const { server, general } = stage;
  server.workspace.say(general, 'bob', 'an old secret');
  server.workspace.say(general, 'carol', 'from carol');
  const { message_id } = server.workspace.say(general, 'bob', 'still here');
  const page = await stage.visit('alice');
  await eventually(async () => assert.match(await kept(page), /an old secret.*Carol|Carol.*an old secret/), 5000);
  await page.goto('about:blank');
  server.workspace.trim(general, message_id);
  server.workspace.erase('carol');
  await page.goto(server.url);
  await connected(page);
  await page.getByText('Earlier messages are no longer kept').waitFor();
  await eventually(async () => {
    const device = await kept(page);
    assert.doesNotMatch(device, /an old secret|Carol|from carol/);
    assert.match(device, /still here/);
  }, 5000);
});

test('an erased person is nobody: no name, no profile, and nothing of theirs on this device', { skip }, async () => {
  const { server, general } = stage;
  const { message_id } = server.workspace.say(general, 'bob', 'reacted to');
  server.workspace.react(general, message_id, '👍', 'carol');
  server.workspace.say(general, 'carol', 'words of carol');
  const page = await stage.visit('alice');
  await page.getByText('words of carol').waitFor();
  await eventually(async () => assert.match(await kept(page), /words of carol/), 5000);
  server.workspace.erase('carol');
  const row = page.getByRole('article', { name: /^Erased person/ });
  await row.waitFor();
  assert.equal(await row.getByRole('button', { name: 'Erased person' }).count(), 0);
  await eventually(async () => assert.doesNotMatch(await kept(page), /words of carol|Carol|"carol"/), 5000);
});
