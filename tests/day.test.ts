import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { launchBrowser, noBrowser, Visitor } from './support/browser.ts';
import { eventually } from './support/eventually.ts';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

/** Three people, each on two devices, and a server that dies under them. Each step goes on where the last one ended. */
describe('a day of a team', { skip: noBrowser }, () => {
  const team = 'day';
  let browser: Browser;
  let server: Server;
  let people: Person[];
  let alice: Visitor[];
  let bob: Visitor[];
  let carol: Visitor[];

  const arrives = (user: string) => Visitor.arrives(browser, server, team, user);
  const everyone = () => [...alice, ...bob, ...carol];
  const clean = () =>
    assert.deepEqual(
      everyone().flatMap(({ faults }) => faults),
      [],
    );
  const unread = (visitor: Visitor, name: string) => visitor.page.getByRole('button', { name, exact: true }).waitFor();

  before(async () => {
    [server, browser] = await Promise.all([Server.start(), launchBrowser()]);
    const { person } = workspace(server, team);
    people = await Promise.all([
      person('alice', 'member', { name: 'Alice' }),
      person('bob', 'member', { name: 'Bob' }),
      person('carol', 'member', { name: 'Carol' }),
    ]);
    for (const name of ['general', 'elsewhere']) await people[0]!.makes('public', name, people);
    await people[0]!.makes('dm', undefined, [people[2]!]);
    [alice, bob, carol] = (await Promise.all(
      ['alice', 'bob', 'carol'].map((user) => Promise.all([arrives(user), arrives(user)])) as Promise<Visitor[]>[],
    )) as [Visitor[], Visitor[], Visitor[]];
    for (const [first, second] of [alice, bob, carol])
      await Promise.all([first!.opens('general'), second!.opens('elsewhere')]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('morning: what one says is read on one device, and read on the other', async () => {
    await carol[0]!.opens('elsewhere');
    await alice[0]!.writes('Good morning');
    await bob[0]!.sees('Good morning');
    await Promise.all(carol.map((device) => unread(device, 'general, 1 unread')));
    await carol[0]!.opens('general');
    await Promise.all(carol.map((device) => unread(device, 'general')));
    await unread(bob[1]!, 'general');
    clean();
  });

  it('a thread, a reaction and an edit reach every device', async () => {
    await bob[0]!.row('Good morning').hover();
    await bob[0]!.row('Good morning').getByRole('button', { name: 'Reply in thread' }).click();
    await bob[0]!.writes('And to you', 'Reply');
    await carol[0]!.row('Good morning').getByRole('button', { name: '1 reply' }).waitFor();
    await carol[0]!.row('Good morning').hover();
    await carol[0]!.row('Good morning').getByRole('button', { name: 'React', exact: true }).click();
    await carol[0]!.row('Good morning').getByRole('button', { name: 'React with 🎉' }).click();
    await alice[0]!.page.keyboard.press('Escape');
    await alice[0]!.writes('Lunch at nnoon');
    await alice[0]!.sees('Lunch at nnoon');
    await alice[0]!.page.keyboard.press('ArrowUp');
    await alice[0]!.page.keyboard.press('ControlOrMeta+A');
    await alice[0]!.page.keyboard.type('Lunch at noon');
    await alice[0]!.page.keyboard.press('Enter');
    for (const device of everyone()) {
      await device.opens('general');
      await device.row('Good morning').getByRole('button', { name: '1 reply' }).waitFor();
      await device
        .row('Good morning')
        .getByRole('button', { name: /^🎉, 1/ })
        .waitFor();
      await device.row('Lunch at noon').getByText('(edited)').waitFor();
    }
    clean();
  });

  it('noon: one is away while the server dies; she returns to what she missed, and to who asked for her', async () => {
    await Promise.all(carol.map(({ page }) => page.close()));
    await Promise.all(carol.map(({ context }) => context.close()));
    await alice[0]!.page.getByRole('button', { name: 'Carol, offline' }).waitFor();
    await alice[0]!.writes('Has anyone seen the ocelot?');
    await bob[0]!.sees('Has anyone seen the ocelot?');
    await server.kill();
    await bob[0]!.writes('Not I');
    await bob[0]!.page.locator('article.echo', { hasText: 'Not I' }).waitFor();
    await server.restart();
    await Promise.all([...alice, ...bob].map((device) => device.connected()));
    await alice[0]!.sees('Not I');
    const general = (await people[1]!.get('/v1/channels')).body.channels.find(({ name }) => name === 'general')!;
    await people[1]!.say(general.channel_id, 'Ask <@carol>');
    const { channels } = (await people[2]!.get('/v1/unreads')).body;
    const missed = channels.find(({ channel_id }) => channel_id === general.channel_id)!;
    assert.deepEqual([missed.unread, missed.mentions], [3, 1]);
    const first = await arrives('carol');
    await first.opens('general');
    await first.page.locator('.row.mentioned', { hasText: 'Ask @Carol' }).waitFor();
    await unread(first, 'general');
    const second = await arrives('carol');
    await unread(second, 'general');
    carol = [first, second];
    clean();
  });

  it('afternoon: a train without a network; what is kept can be read, what is written is sent once', async () => {
    const [device] = carol as [Visitor];
    await eventually(async () =>
      assert.ok(await device.page.evaluate(() => navigator.serviceWorker.controller !== null)),
    );
    // What is kept is written when the page has been still for three seconds.
    await sleep(4_000);
    await device.context.setOffline(true);
    await device.page.reload();
    await device.sees('Has anyone seen the ocelot?');
    await device.writes('In the tunnel');
    await device.page.locator('article.echo', { hasText: 'In the tunnel' }).waitFor();
    await alice[0]!.writes('Carol?');
    await device.context.setOffline(false);
    await device.connected();
    for (const one of [alice[0]!, bob[0]!, device]) await one.sees('In the tunnel');
    await device.sees('Carol?');
    assert.equal(await alice[0]!.row('In the tunnel').count(), 1);
    clean();
  });

  it('finds what was said in the morning', async () => {
    await bob[1]!.page.keyboard.press('ControlOrMeta+Shift+F');
    const field = bob[1]!.page.getByRole('searchbox', { name: 'Search messages' });
    await eventually(async () => {
      await field.fill('');
      await field.fill('ocelot from:@Alice');
      await bob[1]!.page.locator('.result mark', { hasText: 'ocelot' }).waitFor({ timeout: 1_500 });
    }, 8_000);
    await bob[1]!.page.keyboard.press('Escape');
    clean();
  });

  it('evening: all write at once as the server dies; every device has the same, once and in one order', async () => {
    await Promise.all(everyone().map((device) => device.opens('general')));
    const texts = everyone().map((_, i) => Array.from({ length: 6 }, (_, n) => `goodbye ${i}-${n}.`));
    const writes = (half: number) =>
      Promise.all(
        everyone().map(async (device, i) => {
          for (const text of texts[i]!.slice(half * 3, half * 3 + 3)) await device.writes(text);
        }),
      );
    await Promise.all([writes(0), server.kill()]);
    await writes(1);
    await server.restart();
    await Promise.all(everyone().map((device) => device.connected()));
    const heard = async (device: Visitor) => (await device.log()).filter((row) => /goodbye|^unsent/.test(row));
    await eventually(async () => {
      const logs = await Promise.all(everyone().map(heard));
      for (const log of logs) assert.deepEqual(log, logs[0]);
      assert.deepEqual(logs[0]!.map((row) => row.slice(row.indexOf('goodbye'))).sort(), texts.flat().sort());
    }, 20_000);
    if (process.env['SCREENSHOTS'])
      for (const device of everyone())
        await device.page.screenshot({
          path: `${process.env['SCREENSHOTS']}/${device.name}-${everyone().indexOf(device)}.png`,
        });
    clean();
  });
});
