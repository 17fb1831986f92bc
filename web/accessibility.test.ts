import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { FakeServer } from './fake-server.ts';
import { connected, FakeVisit, launchBrowser, noBrowser as skip } from './fake-visit.ts';

/** The name of each way to see the page, and what it takes. */
const WAYS: readonly (readonly [string, BrowserContextOptions])[] = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['on a phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme: 'light' }],
];
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  // What is drawn half-way through a transition has colours that nobody chose.
  await page.waitForTimeout(300);
  const violations = (await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  )) as Finding[];
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
  return [...found, ...(await tooWide(page))];
}

/** What one would have to scroll sideways to see: no part of the page, at any width. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('body, main, .panel, .sidebar, dialog')]
      .filter((part) => part.scrollWidth > part.clientWidth + 1)
      .map((part) => `too wide: ${part.tagName} ${part.className}, ${part.scrollWidth} px in ${part.clientWidth}`),
  );
}

/** Screens one after the other, each on from the last one. */
const SCREENS: readonly (readonly [string, (page: Page, phone: boolean) => Promise<unknown>])[] = [
  ['a channel', (page) => page.getByText('the last word').first().waitFor()],
  ['a message with its actions', (page) => page.locator('article', { hasText: 'the root' }).first().focus()],
  [
    'a thread',
    async (page) => {
      await page.getByRole('button', { name: '2 replies' }).click();
      await page.getByText('second reply').waitFor();
    },
  ],
  [
    'the search with results',
    async (page) => {
      await page.keyboard.press('Control+Shift+F');
      await page.getByRole('searchbox').fill('reply');
      await page.locator('mark').first().waitFor();
    },
  ],
  [
    'the switcher',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').getByRole('option').first().waitFor();
    },
  ],
  [
    'the people of a channel',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('main').getByRole('button', { name: 'People' }).click();
      await page.getByRole('dialog').locator('.person').first().waitFor();
    },
  ],
  [
    'what is about a channel',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'About this channel' }).click();
      await page.getByRole('dialog').getByLabel('Topic').waitFor();
    },
  ],
  [
    'how long a channel keeps, for a number of days',
    async (page) => {
      await page.getByLabel('Keep messages').selectOption({ label: 'For a number of days' });
      await page.getByLabel('Days').waitFor();
    },
  ],
  [
    'the warning before what is old goes',
    async (page) => {
      await page.getByRole('button', { name: 'Change', exact: true }).click();
      await page.getByRole('button', { name: 'Cancel' }).waitFor();
    },
  ],
  [
    'a profile',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await page.getByRole('article').getByRole('button', { name: 'Bob Okafor' }).first().click();
      await page.getByRole('button', { name: 'Erase…' }).waitFor();
    },
  ],
  [
    'the question before someone is erased',
    async (page) => {
      await page.getByRole('button', { name: 'Erase…' }).click();
      await page.getByRole('button', { name: 'Erase for ever' }).waitFor();
    },
  ],
  [
    'the keys',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await page.getByRole('main').focus();
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    },
  ],
  [
    'the list of channels to join',
    async (page, phone) => {
      await page.keyboard.press('Escape');
      if (phone) await page.getByRole('button', { name: 'Channels', exact: true }).click();
      await page.getByRole('button', { name: 'Browse channels' }).click();
      await page.getByRole('button', { name: /open-door/ }).waitFor();
    },
  ],
  ['the sidebar, when that closed', (page) => page.keyboard.press('Escape')],
  [
    'the status dialog',
    async (page) => {
      await page.getByRole('button', { name: /set your status/ }).click();
      await page.getByRole('dialog', { name: 'Your status' }).waitFor();
    },
  ],
  [
    'quiet hours',
    async (page) => {
      await page.getByRole('checkbox', { name: /^Quiet hours/ }).check();
      await page.getByLabel('Time zone').waitFor();
    },
  ],
  [
    'workspace settings',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Workspace settings' }).click();
      await page.getByText('Messages are kept for good').waitFor();
    },
  ],
  [
    'legal holds',
    async (page) => {
      await page.getByRole('tab', { name: 'Legal holds' }).click();
      await page
        .getByRole('button', { name: /^Release the hold/ })
        .first()
        .waitFor();
    },
  ],
  [
    'the form for a hold',
    async (page) => {
      await page.getByRole('button', { name: 'New hold' }).click();
      await page.getByLabel('Hold', { exact: true }).selectOption('person');
      await page.getByLabel('Find the person by name').fill('ca');
      await page.getByRole('dialog').getByRole('button', { name: /Carol/ }).waitFor();
    },
  ],
  [
    'erasures',
    async (page) => {
      await page.getByRole('tab', { name: 'Erasures' }).click();
      await page.getByText('Under way').waitFor();
    },
  ],
  [
    'people',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'People and groups' }).click();
      await page.getByRole('dialog').getByRole('button', { name: /Carol/ }).waitFor();
    },
  ],
  [
    'groups, with the people of one',
    async (page) => {
      await page.getByRole('tab', { name: 'Groups' }).click();
      await page.getByRole('button', { name: /^Writers/ }).click();
      await page.getByRole('group', { name: 'People of Writers' }).waitFor();
    },
  ],
  [
    'the form for a group',
    async (page) => {
      await page.getByRole('button', { name: 'Change' }).click();
      await page.getByLabel('Add people by name').fill('da');
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^.*dave/ })
        .first()
        .waitFor();
    },
  ],
  [
    'earlier texts',
    async (page, phone) => {
      await page.keyboard.press('Escape');
      if (phone) await page.keyboard.press('Escape');
      await page.getByRole('button', { name: '(edited)' }).click();
      await page.getByRole('dialog', { name: 'Earlier texts' }).getByText('what was said first').waitFor();
    },
  ],
  [
    'a choice of emoji, and the line that says New',
    async (page) => {
      await page.keyboard.press('Escape');
      const row = page.locator('article', { hasText: 'the last word' });
      await row.focus();
      await page.keyboard.press('u');
      await page.getByRole('separator', { name: 'New' }).waitFor();
      await row.getByRole('button', { name: 'React', exact: true }).click();
      await row.getByRole('button', { name: 'React with 🎉' }).waitFor();
    },
  ],
  [
    'a search that is not understood',
    async (page) => {
      await page.keyboard.press('Control+Shift+F');
      await page.getByRole('searchbox').fill('before:soon');
      await page.getByRole('alert').getByText('is no day').waitFor();
      await page.getByRole('button', { name: 'In #general' }).click();
    },
  ],
];

/** As one who is no admin sees them. */
const MEMBER_SCREENS: typeof SCREENS = [
  [
    'a muted channel whose earlier messages are gone',
    async (page) => {
      await page.getByText('the last word').first().waitFor();
      await page.keyboard.press('Control+k');
      await page.keyboard.type('quiet');
      await page.keyboard.press('Enter');
      await page.getByText(/no longer kept/).waitFor();
    },
  ],
  [
    'a channel for announcements',
    async (page) => {
      await page.keyboard.press('Control+k');
      await page.keyboard.type('news');
      await page.keyboard.press('Enter');
      await page.getByText(/^Announcements: only/).waitFor();
    },
  ],
];

describe('axe finds nothing', { skip }, () => {
  let browser: Browser;
  let server: FakeServer;

  before(async () => {
    [server, browser] = await Promise.all([FakeServer.start(), launchBrowser()]);
    const { workspace } = server;
    const general = workspace.room('general', 'public', ['alice', 'bob', 'carol'], 'What concerns us all');
    workspace.room('', 'dm', ['alice', 'bob']);
    workspace.room('secret', 'private', ['alice', 'bob']);
    workspace.room('open-door', 'public', ['bob']);
    const root = workspace.say(
      general,
      'bob',
      'the root, *bold* `code` <https://example.com/|a link>\n> a quote\n```\nblock\n```',
    );
    for (const text of ['first reply', 'second reply']) {
      workspace.say(general, 'alice', text, { thread_id: root.message_id });
    }
    workspace.react(general, root.message_id, '👍', 'alice');
    const gone = workspace.say(general, 'carol', 'regretted');
    workspace.change(general, gone.message_id, 'message.deleted', { text: '', deleted: true });
    workspace.say(general, 'carol', '<@alice> <!here> look at the last word');
    const other = workspace.room('other', 'public', ['alice', 'bob']);
    workspace.say(other, 'bob', 'unread, <@alice>');
    const edited = workspace.say(general, 'alice', 'what was said first');
    workspace.change(general, edited.message_id, 'message.edited', {
      text: 'what is said now',
      edited_at: edited.created_at,
    });
    workspace.groups.set('writers', { name: 'Writers', members: ['bob', 'carol'] });
    const { holds, erasures, levels } = workspace.settings;
    const now = new Date().toISOString();
    const hold = { reason: 'a dispute over the terms of 2024', created_by: 'bob', created_at: now };
    holds.set('h1', { hold_id: 'h1', channel_id: general, user_id: null, ...hold });
    holds.set('h2', { hold_id: 'h2', channel_id: null, user_id: null, ...hold });
    erasures.push(
      { user_id: 'eve', requested_at: now, done_at: null },
      { user_id: null, requested_at: now, done_at: now },
    );
    const quiet = workspace.room('quiet', 'public', ['bob', 'alice']);
    workspace.say(quiet, 'bob', 'unread and muted');
    workspace.alter(workspace.find(quiet), { history_from: '7000000000000000001' });
    levels.set(`alice ${quiet}`, 'none');
    const news = workspace.room('news', 'public', ['bob', 'alice']);
    workspace.alter(workspace.find(news), { posting: 'managers' });
    workspace.say(news, 'bob', 'Hear, <!group:writers>');
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  for (const [way, options] of WAYS) {
    it(`${way}, in every screen`, { timeout: 120_000 }, async () => {
      const visit = await FakeVisit.begin(browser, server, options);
      const page = await visit.tab();
      await page.getByLabel('Token').waitFor();
      const found: string[] = (await findings(page)).map((one) => `sign-in: ${one}`);
      await page.close();
      const phone = way === 'on a phone';
      for (const [role, screens] of [
        ['owner', SCREENS],
        ['member', MEMBER_SCREENS],
      ] as const) {
        const signed = await visit.tab('alice', role);
        await (phone ? signed.getByText('the last word').first().waitFor() : connected(signed));
        for (const [screen, show] of screens) {
          await show(signed, phone);
          found.push(...(await findings(signed)).map((one) => `${screen}: ${one}`));
        }
        await signed.close();
      }
      assert.deepEqual(found, []);
      assert.deepEqual(visit.faults, []);
      await visit.context.close();
    });
  }
});
