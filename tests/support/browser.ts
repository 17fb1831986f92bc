import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { token } from './person.ts';
import type { Server } from './server.ts';

const places = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = places.find((path) => path !== undefined && existsSync(path));
const built = existsSync(new URL('../../web/dist/index.html', import.meta.url));

/** Why nothing can be tested in a browser here; false if it can. */
export const noBrowser: string | false =
  executablePath === undefined
    ? 'no Chromium: set CHROMIUM_PATH'
    : built
      ? false
      : 'the page is not built: run node web/build.mjs';

export function launchBrowser(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];
  return chromium.launch({ executablePath: executablePath!, args, env: { ...process.env, TZ: zoneOfNoon() } });
}

/** A zone where it is between 11 and 12 o'clock: what a page says of a time goes by its day, which mustn't end in a test. */
function zoneOfNoon(now = new Date()): string {
  const behind = now.getUTCHours() - 11;
  // POSIX has the sign the other way round: Etc/GMT+3 is three hours behind Greenwich.
  return `Etc/GMT${behind < 0 ? behind : `+${behind}`}`;
}

/** A person at a page of their own, signed in by the link that the start command prints. */
export class Visitor {
  /** Errors that the page threw, and what its policy stopped. */
  readonly faults: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly name: string,
  ) {
    page.on('pageerror', (error) => this.faults.push(`${name}: ${error.message}`));
    page.on('console', (line) => {
      if (/Content Security Policy/.test(line.text())) this.faults.push(`${name}: ${line.text()}`);
    });
  }

  static async arrives(browser: Browser, server: Server, workspace: string, user: string): Promise<Visitor> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    context.setDefaultTimeout(10_000);
    const visitor = new Visitor(context, await context.newPage(), user);
    // Time goes on as ever, but can be made to skip.
    await visitor.page.clock.install();
    const signed = await token({ sub: user, workspace_id: workspace, name: nameOf(user) });
    await visitor.page.goto(`${server.url}/#token=${signed}`);
    await visitor.connected();
    return visitor;
  }

  /** Resolves once the page says that it is connected. */
  async connected(): Promise<void> {
    await this.page.locator('.connection', { hasText: 'Connected' }).waitFor({ timeout: 60_000 });
  }

  async opens(channel: string): Promise<void> {
    await this.page
      .getByRole('navigation', { name: 'Channels' })
      .getByRole('button', { name: new RegExp(`^${channel}(,|$)`) })
      .click();
    await this.page.getByRole('heading', { level: 1, name: channel }).waitFor();
  }

  async writes(text: string, field: string | RegExp = /^Message #/): Promise<void> {
    await this.page.getByRole('textbox', { name: field }).fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** The row of a message in the channel; `not.echo`: the server has it. */
  row(text: string) {
    return this.page.locator('main article:not(.echo)', { hasText: text });
  }

  async sees(text: string): Promise<void> {
    await this.row(text).waitFor();
  }

  /** What stands in the channel, top to bottom: authors and texts. */
  async log(): Promise<string[]> {
    return this.page
      .locator('main article')
      .evaluateAll((rows) =>
        rows.map((row) => `${row.className.includes('echo') ? 'unsent ' : ''}${row.getAttribute('aria-label')}`),
      );
  }

  /** The dot beside a person's picture or name. */
  dot(user: string, status: string) {
    return this.page.locator(`.presence.${status}[data-presence-of="${user}"]`).first();
  }
}

/** `alice` is called Alice. */
function nameOf(user: string): string {
  return user.charAt(0).toUpperCase() + user.slice(1);
}
