import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, noBrowser, Visitor } from './support/browser.ts';
import { eventually } from './support/eventually.ts';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

/** The page in a real browser, opened while the real process is gone. Each step goes on where the last one ended. */
describe('the page without a server', { skip: noBrowser }, () => {
  const team = 'offline';
  let browser: Browser;
  let server: Server;
  let bob: Person;
  let alice: Visitor;
  let general: string;

  before(async () => {
    [server, browser] = await Promise.all([Server.start(), launchBrowser()]);
    const { person } = workspace(server, team);
    const members = await Promise.all([
      person('alice', 'member', { name: 'Alice' }),
      person('bob', 'member', { name: 'Bob' }),
    ]);
    bob = members[1];
    general = await bob.makes('public', 'general', [members[0]]);
    alice = await Visitor.arrives(browser, server, team, 'alice');
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('opens, shows what was said, and finds it', async () => {
    await bob.say(general, 'kept for later');
    const regretted = await bob.say(general, 'said in anger');
    await alice.opens('general');
    await alice.sees('said in anger');
    await bob.delete(`/v1/channels/${general}/messages/${regretted.message_id}`);
    await alice.sees('This message was deleted.');
    await alice.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    // Time for what is heard to be written.
    await alice.page.waitForTimeout(4_000);
    await server.kill();
    await alice.page.goto('about:blank');
    await alice.page.goto(server.url);
    await alice.sees('kept for later');
    await alice.sees('This message was deleted.');
    await alice.page.keyboard.press('Control+Shift+F');
    await alice.page.keyboard.type('later');
    await alice.page.getByText('Offline results: 1 message among what is kept on this device.').waitFor();
    await alice.page.keyboard.press('Escape');
  });

  it('sends once and in order what was written meanwhile, over a reload', async () => {
    const texts = Array.from({ length: 5 }, (_, i) => `written offline ${i}`);
    for (const text of texts) await alice.writes(text);
    await alice.page.reload();
    await alice.page.locator('article.echo', { hasText: texts[4]! }).waitFor();
    await server.restart();
    await alice.connected();
    for (const text of texts) await alice.sees(text);
    await eventually(async () => {
      const { messages } = (await bob.get(`/v1/channels/${general}/messages`)).body;
      assert.deepEqual(
        messages.map(({ text }) => text).filter((text) => text.startsWith('written')),
        texts,
      );
    }, 10_000);
    assert.deepEqual(alice.faults, []);
  });
});
