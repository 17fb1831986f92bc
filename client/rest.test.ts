import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MillraceError } from './millrace-error.ts';
import { MillraceRest } from './rest.ts';

interface Seen {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown>;
}

/** A `fetch` that gives these answers in turn (an Error: no answer), and what it was asked. */
function answers(...list: (Error | [status: number, body?: object, headers?: Record<string, string>])[]) {
  const seen: Seen[] = [];
  const fetch = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const headers = init.headers as Record<string, string>;
    seen.push({ url: String(url), method: init.method ?? '', headers, body: JSON.parse(String(init.body ?? '{}')) });
    const next = list.shift();
    if (!next || next instanceof Error) throw next ?? new Error('asked once too often');
    const [status, body, extra] = next;
    return new Response(body && JSON.stringify(body), { status, ...(extra ? { headers: extra } : {}) });
  };
  const rest = new MillraceRest({
    url: 'http://server/base/',
    token: () => 'jwt',
    fetch,
    backoff: { baseMs: 2, capMs: 4 },
    budgetMs: 2_000,
  });
  return { rest, seen };
}

const down: [number, object, Record<string, string>] = [
  503,
  { code: 'unavailable', detail: 'full' },
  { 'retry-after': '0' },
];

test('repeats a send under the same client_msg_id after 503 and lost connections', async () => {
  const { rest, seen } = answers(down, new Error('reset'), [200, { message: { message_id: '7' } }]);
  const message = await rest.send({ channel_id: 'a', text: 'x' });
  assert.equal(message.message_id, '7');
  assert.equal(seen.length, 3);
  assert.equal(new Set(seen.map(({ body }) => body['client_msg_id'])).size, 1);
  assert.equal(seen[0]?.headers['authorization'], 'Bearer jwt');
});

test('repeats other POSTs under the same Idempotency-Key', async () => {
  const { rest, seen } = answers(down, [201, { channel: { channel_id: 'c' } }]);
  await rest.createChannel({ name: 'x', type: 'public' });
  const keys = seen.map(({ headers }) => headers['idempotency-key']);
  assert.ok(keys[0]);
  assert.equal(keys[0], keys[1]);
});

test('throws what the server refused, at once', async () => {
  const { rest, seen } = answers([403, { status: 403, code: 'forbidden', detail: 'join first' }]);
  await assert.rejects(rest.send({ channel_id: 'a', text: 'x' }), (error) => {
    assert.ok(error instanceof MillraceError);
    assert.deepEqual(
      [error.status, error.code, error.detail, error.retryAfter],
      [403, 'forbidden', 'join first', undefined],
    );
    return true;
  });
  assert.equal(seen.length, 1);
});

test('waits as long as Retry-After says, and gives up at once when that is beyond the budget', async () => {
  const { rest, seen } = answers([429, { code: 'rate_limited', detail: 'slow' }, { 'retry-after': '60' }]);
  await assert.rejects(rest.unreads(), { code: 'rate_limited', retryAfter: 60 });
  assert.equal(seen.length, 1);
  const other = answers(
    [429, { code: 'rate_limited', detail: 'slow' }, { 'retry-after': '0.1' }],
    [200, { channels: [] }],
  );
  const started = Date.now();
  await other.rest.unreads();
  assert.ok(Date.now() - started >= 95);
});

test('gives up after its retries, on a deadline, and when the caller does', async () => {
  const { rest, seen } = answers(down, down, down, down, down);
  await assert.rejects(rest.unreads(), { code: 'unavailable' });
  assert.equal(seen.length, 5);
  const hang: typeof fetch = (_, init) =>
    new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))));
  const slow = new MillraceRest({ url: 'http://server', token: 't', fetch: hang, timeoutMs: 10, retries: 0 });
  await assert.rejects(slow.unreads(), { code: 'timeout' });
  const abort = new AbortController();
  const call = new MillraceRest({ url: 'http://server', token: 't', fetch: hang }).unreads({ signal: abort.signal });
  abort.abort();
  await assert.rejects(call, { code: 'aborted' });
});

test('encodes paths and queries, and reads an answer that is no JSON', async () => {
  const { rest, seen } = answers([204], [200, { presence: [] }], [502]);
  await rest.addMember('a/b', 'ü');
  assert.equal(seen[0]?.url, 'http://server/base/v1/channels/a%2Fb/members/%C3%BC');
  await rest.presence(['x', 'y']);
  assert.equal(seen[1]?.url, 'http://server/base/v1/presence?user_id=x&user_id=y');
  const once = new MillraceRest({
    url: 'http://server',
    token: 't',
    retries: 0,
    fetch: async () => new Response('<h1>Bad gateway</h1>', { status: 502 }),
  });
  await assert.rejects(once.unreads(), { status: 502, code: 'unexpected' });
});

test('makes, changes and deletes groups under an id of the caller’s', async () => {
  const group = { group_id: 'night/shift', name: 'Night', member_count: 1, members: ['ada'] };
  const { rest, seen } = answers(down, [200, { group }], [204]);
  assert.deepEqual(await rest.putGroup('night/shift', { name: 'Night', members: ['ada'] }), group);
  await rest.removeGroup('night/shift');
  const at = 'http://server/base/v1/groups/night%2Fshift';
  assert.deepEqual(
    seen.map(({ method, url, body }) => [method, url, body]),
    [
      ['PUT', at, { name: 'Night', members: ['ada'] }],
      ['PUT', at, { name: 'Night', members: ['ada'] }],
      ['DELETE', at, {}],
    ],
  );
});

test('sets what pushes: quiet hours are put, and deleted by null', async () => {
  const hours = { zone: 'Europe/Vienna', from: '22:00', to: '07:00' };
  const device = { platform: 'fcm', token: 't' } as const;
  const { rest, seen } = answers(
    [200, { quiet_hours: hours }],
    [200, { quiet_hours: null }],
    [200, { devices: [device] }],
    [200, { channel_id: 'C 1', level: null }],
    [200, { levels: [{ channel_id: 'C 1', level: 'none' }] }],
    [200, { workspace: { workspace_id: 'w', push_bodies: 'withheld' } }],
  );
  assert.deepEqual(await rest.setQuietHours(hours), hours);
  assert.equal(await rest.setQuietHours(null), null);
  assert.deepEqual(await rest.devices(), [device]);
  assert.equal(await rest.notifications('C 1'), null);
  assert.deepEqual(await rest.notificationLevels(), [{ channel_id: 'C 1', level: 'none' }]);
  assert.equal((await rest.changeWorkspace({ push_bodies: 'withheld' })).push_bodies, 'withheld');
  assert.deepEqual(
    seen.map(({ method, url }) => `${method} ${url.replace('http://server/base', '')}`),
    [
      'PUT /v1/quiet_hours',
      'DELETE /v1/quiet_hours',
      'GET /v1/devices',
      'GET /v1/channels/C%201/notifications',
      'GET /v1/notifications',
      'PATCH /v1/workspace',
    ],
  );
  assert.deepEqual(seen[0]!.body, hours);
});
