import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, noBrowser, Visitor } from './support/browser.ts';
import { eventually } from './support/eventually.ts';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

/** The page of two people, in a real browser, on the real process. Each step goes on where the last one ended. */
describe('the page in a browser', { skip: noBrowser }, () => {
  const team = 'browser';
  let browser: Browser;
  let server: Server;
  let carol: Person;
  let alice: Visitor;
  let bob: Visitor;
  let general: string;

  before(async () => {
    [server, browser] = await Promise.all([Server.start(), launchBrowser()]);
    const { person } = workspace(server, team);
    const people = await Promise.all([
      person('alice', 'member', { name: 'Alice' }),
      person('bob', 'member', { name: 'Bob' }),
      person('carol', 'member', { name: 'Carol' }),
    ]);
    carol = people[2];
    general = await carol.makes('public', 'general', people.slice(0, 2));
    await carol.makes('public', 'elsewhere', people.slice(0, 2));
    await people[0].makes('dm', undefined, [people[1]]);
    alice = await Visitor.arrives(browser, server, team, 'alice');
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const clean = () => assert.deepEqual([...alice.faults, ...bob.faults], []);

  it('signs in by a link, which leaves the address bar, and shows who comes', async () => {
    assert.equal(alice.page.url(), `${server.url}/`);
    await alice.page.getByRole('button', { name: 'Bob, offline' }).waitFor();
    bob = await Visitor.arrives(browser, server, team, 'bob');
    await alice.page.getByRole('button', { name: 'Bob, online' }).waitFor({ timeout: 2_000 });
    await alice.opens('general');
    await bob.opens('general');
  });

  it('carries messages both ways, and says who is typing', async () => {
    await alice.writes('Hello from Alice');
    await bob.sees('Hello from Alice');
    const field = bob.page.getByRole('textbox', { name: 'Message #general' });
    await field.pressSequentially('Hel');
    const typing = alice.page.getByText('Bob is typing…');
    await typing.waitFor({ timeout: 2_000 });
    await bob.writes('Hello from *Bob*, see <https://example.com/|this page> :tada:');
    await alice.sees('Hello from Bob, see this page 🎉');
    await typing.waitFor({ state: 'hidden' });
    assert.equal(await alice.row('Hello from Bob').locator('a').getAttribute('href'), 'https://example.com/');
    // Alice's page has Bob's picture with a dot now.
    await alice.row('Hello from Bob').locator('.presence.online').waitFor();
    clean();
  });

  it('stops saying so after a while without a word', async () => {
    const field = bob.page.getByRole('textbox', { name: 'Message #general' });
    const typing = alice.page.getByText('Bob is typing…');
    // One word may be said in three seconds, and the last step had one: this comes when it may.
    await field.pressSequentially('um');
    await typing.waitFor({ timeout: 5_000 });
    await field.fill('');
    await alice.page.clock.fastForward(4_000);
    assert.ok(await typing.isVisible());
    await alice.page.clock.fastForward(2_000);
    await typing.waitFor({ state: 'hidden', timeout: 2_000 });
  });

  it('shows what is unread and who is mentioned, until it is seen', async () => {
    await bob.opens('elsewhere');
    await alice.writes('Unread by Bob');
    await bob.page.getByRole('button', { name: 'general, 1 unread', exact: true }).waitFor();
    const field = alice.page.getByRole('textbox', { name: 'Message #general' });
    await field.pressSequentially('Look, @bo');
    await alice.page.getByRole('option', { name: /Bob/ }).waitFor();
    await alice.page.keyboard.press('Enter');
    await alice.page.keyboard.press('Enter');
    await bob.page.getByRole('button', { name: 'general, 2 unread, 1 mention', exact: true }).waitFor();
    await eventually(async () => assert.match(await bob.page.title(), /^\(1\) /));
    await bob.opens('general');
    await bob.page.locator('.row.mentioned', { hasText: 'Look, @Bob' }).waitFor();
    await bob.page.getByRole('separator', { name: 'New' }).waitFor();
    await bob.page.getByRole('button', { name: 'general', exact: true }).waitFor();
  });

  it('has threads, reactions, edits and deletions', async () => {
    await bob.row('Hello from Alice').hover();
    await bob.row('Hello from Alice').getByRole('button', { name: 'Reply in thread' }).click();
    await bob.writes('A reply', 'Reply');
    await alice.page.getByRole('button', { name: '1 reply' }).click();
    const thread = alice.page.getByRole('complementary', { name: 'Thread' });
    await thread.getByText('A reply').waitFor();
    await alice.writes('And one back', 'Reply');
    await bob.page.getByRole('complementary', { name: 'Thread' }).getByText('And one back').waitFor();
    await bob.page.getByRole('button', { name: '2 replies' }).waitFor();
    await alice.page.getByRole('button', { name: 'Close the thread' }).click();

    const row = bob.row('Unread by Bob');
    await row.hover();
    await row.getByRole('button', { name: 'React', exact: true }).click();
    await row.getByRole('button', { name: 'React with 🎉' }).click();
    await alice.row('Unread by Bob').getByRole('button', { name: '🎉, 1: Bob' }).click();
    await row.getByRole('button', { name: /^🎉, 2/ }).waitFor();

    await alice.writes('Writen wrong');
    await alice.sees('Writen wrong');
    await alice.page.keyboard.press('ArrowUp');
    await alice.page.keyboard.press('ControlOrMeta+A');
    await alice.page.keyboard.type('Written right');
    await alice.page.keyboard.press('Enter');
    await bob.row('Written right').getByText('(edited)').waitFor();
    await alice.row('Written right').hover();
    await alice.row('Written right').getByRole('button', { name: 'Delete', exact: true }).click();
    await alice.page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await bob.sees('This message was deleted.');
    assert.equal(await bob.row('Written right').count(), 0);
    clean();
  });

  it('finds what was said, marks the words, and goes there', async () => {
    const rare = await carol.say(general, 'the rare capybara of 1872');
    const root = await carol.say(general, 'a root');
    const thread_id = root.message_id;
    await Promise.all(Array.from({ length: 110 }, (_, i) => carol.say(general, `reply ${i}`, { thread_id })));
    await carol.say(general, 'the hidden ocelot', { thread_id });
    await Promise.all(Array.from({ length: 220 }, (_, i) => carol.say(general, `filler ${i}`)));
    await carol.say(general, 'the newest');
    // Shows the newest alone, so that both lie outside what is on the page.
    await alice.page.reload();
    await alice.sees('the newest');
    assert.equal(await alice.row(rare.text).count(), 0);
    const find = async (word: string) => {
      await alice.page.keyboard.press('ControlOrMeta+Shift+F');
      const field = alice.page.getByRole('searchbox', { name: 'Search messages' });
      await eventually(async () => {
        await field.fill('');
        await field.fill(word);
        await alice.page.locator('.result mark', { hasText: word }).waitFor({ timeout: 1_500 });
      }, 8_000);
      await alice.page.keyboard.press('Enter');
    };
    await find('capybara');
    await alice.page.locator('article.found', { hasText: rare.text }).waitFor();
    assert.ok(await alice.row(rare.text).evaluate((row) => row === document.activeElement));
    await find('ocelot');
    const hit = alice.page.getByRole('complementary', { name: 'Thread' }).locator('article', { hasText: 'ocelot' });
    await alice.page.locator('article.found', { hasText: 'the hidden ocelot' }).waitFor();
    assert.ok(await hit.evaluate((row) => row === document.activeElement));
    await alice.page.getByRole('button', { name: 'Close the thread' }).click();
    // Of its 111 replies a first page has 100; opened by its link it shows the last ones.
    await alice.page.getByRole('button', { name: '111 replies' }).click();
    await hit.waitFor();
    await eventually(async () => {
      assert.ok(await hit.evaluate((row) => row.getBoundingClientRect().bottom <= window.innerHeight));
    });
    await alice.page.getByRole('button', { name: 'Close the thread' }).click();
    await alice.page.getByRole('button', { name: 'Newest messages' }).click();
    await alice.sees('the newest');
    clean();
  });

  it('shows who is away, busy, and gone', async () => {
    const sets = async (status: string) => {
      await bob.page.getByRole('button', { name: /set your status/ }).click();
      await bob.page
        .getByRole('dialog')
        .getByRole('button', { name: new RegExp(`^${status}`) })
        .click();
    };
    await sets('Busy');
    await alice.page.getByRole('button', { name: 'Bob, busy' }).waitFor({ timeout: 2_000 });
    await sets('Online');
    await alice.page.getByRole('button', { name: 'Bob, online' }).waitFor({ timeout: 2_000 });
    await bob.page.clock.fastForward('06:00');
    await alice.page.getByRole('button', { name: 'Bob, away' }).waitFor({ timeout: 2_000 });
    await bob.page.mouse.move(400, 400);
    await alice.page.getByRole('button', { name: 'Bob, online' }).waitFor({ timeout: 2_000 });
    await bob.page.close();
    await alice.page.getByRole('button', { name: 'Bob, offline' }).waitFor();
    await bob.context.close();
    bob = await Visitor.arrives(browser, server, team, 'bob');
    await bob.opens('general');
    await alice.page.getByRole('button', { name: 'Bob, online' }).waitFor({ timeout: 2_000 });
  });

  it('loses and doubles nothing when the server is killed while both write', async () => {
    const [byAlice, byBob] = ['alice', 'bob'].map((who) => Array.from({ length: 12 }, (_, i) => `${who} storm ${i}.`));
    const writeAll = async (visitor: Visitor, texts: string[]) => {
      for (const text of texts) await visitor.writes(text);
    };
    // Some before, some under way as it dies, some while there is no server.
    await Promise.all([writeAll(alice, byAlice!.slice(0, 4)), writeAll(bob, byBob!.slice(0, 4))]);
    await Promise.all([writeAll(alice, byAlice!.slice(4, 8)), writeAll(bob, byBob!.slice(4, 8)), server.kill()]);
    await alice.page.locator('.connection', { hasText: 'Reconnecting' }).waitFor();
    await Promise.all([writeAll(alice, byAlice!.slice(8)), writeAll(bob, byBob!.slice(8))]);
    await alice.page.locator('article.echo', { hasText: 'alice storm 11.' }).waitFor();
    await server.restart();
    await Promise.all([alice.connected(), bob.connected()]);

    const storm = async (visitor: Visitor) => (await visitor.log()).filter((row) => /storm \d+\.|^unsent/.test(row));
    await eventually(async () => {
      const [first, second] = [await storm(alice), await storm(bob)];
      assert.deepEqual(first, second);
      assert.equal(first.length, 24);
      assert.deepEqual(
        first.filter((row) => row.startsWith('unsent')),
        [],
      );
    }, 15_000);
    const rows = await storm(alice);
    for (const texts of [byAlice!, byBob!]) {
      // Each person's own are in the order of writing, and there once.
      const positions = texts.map((text) => rows.findIndex((row) => row.endsWith(text)));
      assert.deepEqual(
        positions,
        [...positions].sort((a, b) => a - b),
      );
      assert.equal(new Set(positions).size, texts.length);
    }
    const { messages } = (await carol.get(`/v1/channels/${general}/messages?limit=24`)).body;
    assert.deepEqual(
      messages.map(({ text }) => text),
      rows.map((row) => row.slice(row.indexOf(': ') + 2)),
    );
    await alice.writes('And on it goes');
    await bob.sees('And on it goes');
    await alice.page.getByRole('button', { name: 'Bob, online' }).waitFor();
    clean();
  });
});
