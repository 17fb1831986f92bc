import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { adminCall } from '../cli/admin-client.ts';
import type { Status } from '../cli/status/fetch.ts';
import { operatorToken } from '../server/admin/operator-token.ts';
import { launchBrowser, noBrowser } from './support/browser.ts';
import { scratchWithDeadLetters } from './support/dead-letters.ts';
import { Server } from './support/server.ts';

describe('the operators’ port', () => {
  let server: Server;
  let url: string;
  let token: string;
  before(async () => {
    server = await Server.start({}, scratchWithDeadLetters);
    for await (const status of adminCall(server.folder, 'GET', '/status')) url = (status as Status).operators_url;
    token = operatorToken(server.folder);
  });
  after(() => server.stop());

  const ask = (path: string, shown?: string) =>
    fetch(`${url}${path}`, shown === undefined ? {} : { headers: { authorization: `Bearer ${shown}` } });

  it('answers nobody without the token, which only its owner can read', async () => {
    for (const path of ['/status', '/dead-letters', '/tap/messages/sequence', '/graph', '/nothing', '//'])
      for (const shown of [undefined, '', 'guess']) assert.equal((await ask(path, shown)).status, 401);
    assert.equal((await ask('/status', token)).status, 200);
    assert.equal(statSync(`${server.folder}/ops-token`).mode & 0o777, 0o600);
    assert.equal(statSync(`${server.folder}/admin.sock`).mode & 0o777, 0o600);
  });

  it('serves the command line from afar', async () => {
    const status = (env: { [name: string]: string }) =>
      new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
        const options = { env: { ...process.env, ...env } };
        execFile(process.execPath, ['cli/bin.mjs', 'status', '--json'], options, (error, stdout, stderr) =>
          resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
        );
      });
    const { stdout } = await status({ MILLRACE_OPS_URL: url, MILLRACE_OPS_TOKEN: token });
    assert.equal((JSON.parse(stdout) as Status).operators_url, url);
    const refused = await status({ MILLRACE_OPS_URL: url, MILLRACE_OPS_TOKEN: 'a guess that is long enough' });
    assert.equal(refused.code, 4);
    assert.match(refused.stderr, /operators’ token is needed/);
  });

  it('is not the public one', async () => {
    for (const path of ['/ops', '/ops/index.html', '/status', '/dead-letters'])
      assert.notEqual(
        (await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${token}` } })).status,
        200,
      );
  });

  it('has metrics for each node and source, on the public port, without what people wrote', async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    assert.match(text, /^millrace_node_records_total\{topology="messages",node="sequence"\} \d+$/m);
    assert.match(text, /^millrace_source_lag_records\{topology="index",source="events"\} \d+$/m);
    assert.match(text, /^millrace_source_lag_seconds\{topology="index",source="events"\} /m);
    assert.match(text, /^millrace_state_rows\{topology="messages",node="sequence"\} \d+$/m);
    assert.match(text, /^millrace_ready 1$/m);
    assert.match(text, /^millrace_gateway_slot\{slot="0"\} 1$/m);
    assert.match(text, /^millrace_delivery_seconds_bucket\{le="0\.2"\} \d+$/m);
    assert.doesNotMatch(text, /alice/);
  });

  describe('shows a page', { skip: noBrowser }, () => {
    let browser: Browser;
    before(async () => {
      browser = await launchBrowser();
    });
    after(() => browser.close());

    async function open(link: string) {
      const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
      page.setDefaultTimeout(10_000);
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (line) => /Content Security Policy/.test(line.text()) && faults.push(line.text()));
      await page.goto(link);
      return { page, faults };
    }

    it('that asks for the token, and says when it is wrong', async () => {
      const { page, faults } = await open(`${url}/ops`);
      await page.getByLabel('Token').fill('wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('This is not the token of this process.').waitFor();
      await page.getByLabel('Token').fill(`${url}/ops#token=${token}`);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('all running').waitFor();
      assert.deepEqual(faults, []);
    });

    it('where a topology is held and goes on, a node is heard, a letter goes back', async () => {
      const { page, faults } = await open(`${url}/ops#token=${token}`);
      await page.getByText('all running').waitFor();
      assert.equal(new URL(page.url()).hash, '');
      assert.ok((await page.locator('.flow rect').count()) > 10);
      await page.getByRole('button', { name: 'Pause index' }).click();
      await page.getByRole('region', { name: 'Topology index' }).getByText('paused', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Resume index' }).click();
      await page.getByText('all running').waitFor();

      await page.getByLabel('Node', { exact: true }).selectOption('read-markers/moved');
      await page.getByRole('button', { name: 'Listen' }).click();
      await page.getByText('Listening to read-markers/moved.').waitFor();
      await page.getByRole('button', { name: 'Show letter 0' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Value: ReadCommand').fill('{');
      await dialog.getByRole('button', { name: 'Redrive' }).click();
      await dialog.getByText('This is not JSON').waitFor();
      await dialog.getByLabel('Value: ReadCommand').fill('{"user_id": 5}');
      await dialog.getByRole('button', { name: 'Redrive' }).click();
      await dialog.getByText('value.user_id: 5 does not fit').waitFor();
      await dialog.getByRole('button', { name: 'Close' }).click();
      await page.getByRole('button', { name: 'Show letter 0' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Redrive' }).click();
      await page.getByText('Letter 0 was sent back.').waitFor();
      await page.getByLabel('Records, newest first').getByText('demo/@alice').first().waitFor();

      await page.getByRole('button', { name: 'Show letter 1' }).click();
      await page.getByRole('dialog').getByText('It can’t be read').waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Drop' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Drop for good' }).click();
      await page.getByText('None: every record was processed.').waitFor();
      assert.deepEqual(faults, []);
    });

    it('that fits a phone', async () => {
      const { page } = await open(`${url}/ops#token=${token}`);
      await page.setViewportSize({ width: 360, height: 740 });
      await page.getByText('all running').waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    });
  });
});
