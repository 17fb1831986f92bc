import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { systemClock } from './clock.ts';
import { createClient } from './millrace-client.ts';
import { MillraceError } from './millrace-error.ts';
import { type Draft, Outbox } from './outbox.ts';
import { messageOf, ScriptedServer, until } from './scripted-server.ts';

const backoff = { baseMs: 4, capMs: 16 };

async function withServer(run: (server: ScriptedServer, client: ReturnType<typeof createClient>) => Promise<void>) {
  const server = await ScriptedServer.start(['a', 'b']);
  const client = createClient({ url: server.url.replace('ws', 'http'), token: 't', WebSocket, backoff });
  try {
    await run(server, client);
  } finally {
    client.close();
    await server.close();
  }
}

const texts = (server: ScriptedServer, id: string) =>
  server.log(id).map(({ event }) => ('message' in event ? event.message.text : ''));

test('keeps drafts while offline, and sends them in order once connected', () =>
  withServer(async (server, { outbox, session }) => {
    const states: string[] = [];
    outbox.events.on('change', ({ text, status }) => states.push(`${text} ${status}`));
    for (const text of ['1', '2', '3']) outbox.add({ channel_id: 'a', text });
    assert.equal(outbox.drafts().length, 3);
    session.start();
    await until(() => outbox.drafts().length === 0, 'sent');
    assert.deepEqual(texts(server, 'a'), ['1', '2', '3']);
    assert.deepEqual(states.slice(0, 4), ['1 sending', '2 sending', '3 sending', '1 sent']);
  }));

test('repeats under one client_msg_id after refusals and lost answers: no doubles, order kept', () =>
  withServer(async (server, { outbox, session }) => {
    server.unavailable = 2;
    server.loseAck = 2;
    for (const text of ['1', '2', '3']) outbox.add({ channel_id: 'a', text });
    outbox.add({ channel_id: 'b', text: 'other' });
    session.start();
    await until(() => outbox.drafts().length === 0, 'sent');
    assert.deepEqual(texts(server, 'a'), ['1', '2', '3']);
    assert.deepEqual(texts(server, 'b'), ['other']);
  }));

test('marks what the server refuses as failed, goes on, and retries or discards when told', () =>
  withServer(async (server, { outbox, session }) => {
    session.start();
    const bad = outbox.add({ channel_id: 'nowhere', text: 'x' });
    const worse = outbox.add({ channel_id: 'nowhere', text: 'y' });
    await until(() => outbox.drafts().every(({ status }) => status === 'failed'), 'failed');
    assert.equal(outbox.drafts()[0]?.error?.code, 'not_found');
    outbox.discard(worse.client_msg_id);
    server.addChannel('nowhere');
    outbox.retry(bad.client_msg_id);
    await until(() => outbox.drafts().length === 0, 'sent');
    assert.deepEqual(texts(server, 'nowhere'), ['x']);
  }));

test('refuses more than its limit', () => {
  const outbox = new Outbox({
    send: () => Promise.reject(new MillraceError({ code: 'network', detail: '' })),
    limit: 2,
  });
  outbox.add({ channel_id: 'a', text: '1' });
  outbox.add({ channel_id: 'a', text: '2' });
  assert.throws(() => outbox.add({ channel_id: 'a', text: '3' }), { code: 'queue_full' });
  assert.equal(outbox.drafts().length, 2);
});

test('sends nothing again by itself once the server may have forgotten having had it', async () => {
  let now = Date.parse('2026-01-02T17:00:00Z');
  const clock = { ...systemClock, now: () => now };
  let tries = 0;
  let up = false;
  const send = async ({ client_msg_id }: Draft) => {
    tries++;
    if (!up) throw new MillraceError({ code: 'disconnected', detail: 'the ack is lost' });
    return messageOf('a', 1, { client_msg_id });
  };
  const outbox = new Outbox({ send, clock, backoff });
  outbox.setOnline(true);
  const tried = outbox.add({ channel_id: 'a', text: 'tried on Friday' });
  await until(() => tries === 1, 'tried');
  outbox.setOnline(false);
  outbox.add({ channel_id: 'a', text: 'waits since Friday' });
  now += 60 * 3_600_000;
  up = true;
  outbox.setOnline(true);
  await until(() => outbox.drafts().every(({ status }) => status === 'failed'), 'all tried');
  assert.deepEqual(
    outbox.drafts().map(({ text, error }) => [text, error?.code]),
    [['tried on Friday', 'stale']],
  );
  assert.equal(tries, 2);
  outbox.retry(tried.client_msg_id);
  await until(() => outbox.drafts().length === 0, 'sent, as told');
});

test('goes on where an earlier run stopped', async () => {
  const sent: string[] = [];
  const send = async (draft: Draft) => {
    sent.push(draft.client_msg_id);
    return messageOf('a', 1, { client_msg_id: draft.client_msg_id });
  };
  const first = new Outbox({ send });
  first.add({ channel_id: 'a', text: '1' });
  const second = new Outbox({ send, drafts: first.drafts() });
  second.setOnline(true);
  await until(() => second.drafts().length === 0, 'sent');
  assert.deepEqual(sent, [first.drafts()[0]?.client_msg_id]);
});
