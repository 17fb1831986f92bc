import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MillraceError } from '../errors/error.ts';
import { type Hosted, type HostOptions, host } from './host.ts';
import type { Probe } from './probe.worker.ts';

const crashes: MillraceError[] = [];

function open(data: object = {}, options: Partial<HostOptions<Probe>> = {}): Promise<Hosted<Probe>> {
  return host<Probe>({
    name: 'probe',
    module: new URL('./probe.worker.ts', import.meta.url),
    data,
    methods: { echo: true, after: true, block: true, refuse: true, fail: true, crash: true },
    onCrash: (error) => crashes.push(error),
    ...options,
  });
}

const unavailable = (text: RegExp) => (error: unknown) =>
  error instanceof MillraceError && error.code === 'unavailable' && text.test(error.detail);

describe('worker', () => {
  it('passes values, and answers each call with its own result', async () => {
    const { port } = await open();
    assert.deepEqual(await port.echo({ a: [1, null, 'ü'], b: undefined }), { a: [1, null, 'ü'], b: undefined });
    const results = await Promise.all([port.after(30, 'slow'), port.after(1, 'quick')]);
    assert.deepEqual(results, ['slow', 'quick']);
    await port.close();
  });

  it('keeps code, detail and retryAfter of our errors, and the text of others', async () => {
    const { port } = await open();
    await assert.rejects(port.refuse('conflict', 'the name is taken'), (error: unknown) => {
      assert.ok(error instanceof MillraceError);
      assert.deepEqual(
        [error.code, error.detail, error.options.retryAfter, error.status],
        ['conflict', 'the name is taken', 3, 409],
      );
      return true;
    });
    await assert.rejects(
      port.fail('odd'),
      (error: unknown) => error instanceof Error && !(error instanceof MillraceError) && error.message === 'odd',
    );
    await assert.rejects(
      port.echo(() => 1),
      /could not be cloned/,
    );
    await port.close();
  });

  it('fails a call at its deadline, and does not start one that nobody waits for any more', async () => {
    const { port, waiting } = await open({}, { deadline: 100 });
    const blocked = port.block(400);
    const behind = port.echo(1);
    await assert.rejects(blocked, unavailable(/block was not answered within 100 ms/));
    await assert.rejects(behind, unavailable(/within 100 ms/));
    assert.equal(waiting(), 0);
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.equal(await port.echo(2), 2);
    await port.close();
  });

  it('refuses calls beyond its bound', async () => {
    const { port, waiting } = await open({}, { maxWaiting: 10 });
    const calls = Array.from({ length: 12 }, () => port.after(20, 'x').catch((error: MillraceError) => error.code));
    assert.equal(waiting(), 10);
    const results = await Promise.all(calls);
    assert.equal(results.filter((result) => result === 'x').length, 10);
    assert.equal(results.filter((result) => result === 'unavailable').length, 2);
    await port.close();
  });

  it('counts calls that were given up against its bound while the thread is stuck', async () => {
    const { port, waiting } = await open({}, { maxWaiting: 3, deadline: 50 });
    const calls = [port.block(300), port.echo(1), port.echo(2)];
    for (const call of calls) await assert.rejects(call, unavailable(/within 50 ms/));
    assert.equal(waiting(), 0);
    await assert.rejects(port.echo(3), unavailable(/3 calls wait/));
    await new Promise((resolve) => setTimeout(resolve, 350));
    assert.equal(await port.echo(4), 4);
    await port.close();
  });

  it('answers what was asked before close, and refuses what comes after', async () => {
    const { port } = await open();
    const before = port.after(50, 'done');
    const closing = port.close();
    await assert.rejects(port.echo(1), unavailable(/closed/));
    assert.equal(await before, 'done');
    await closing;
    await port.close();
  });

  it('says when closing fails, and ends the thread all the same', async () => {
    const { port } = await open({ failClose: true });
    await assert.rejects(port.close(), /could not close/);
  });

  it('rejects with the error of open', async () => {
    await assert.rejects(
      open({ failOpen: 'no such thing' }),
      (error: unknown) => error instanceof MillraceError && error.code === 'config_invalid',
    );
    await assert.rejects(
      open({}, { module: new URL('./missing.worker.ts', import.meta.url) }),
      unavailable(/thread ended/),
    );
  });

  it('fails all waiting calls when the thread crashes, and reports it once', async () => {
    crashes.length = 0;
    const { port } = await open();
    const calls = [port.after(10_000, 'never'), port.crash()];
    for (const call of calls) await assert.rejects(call, unavailable(/crashed on purpose/));
    await assert.rejects(port.echo(1), unavailable(/crashed on purpose/));
    assert.equal(crashes.length, 1);
    await port.close();
  });
});
