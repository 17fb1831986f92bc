import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MillraceError } from '../../platform/errors/error.ts';
import { type SlackServerPorts, slackServer } from './server.ts';

const nothing = (): undefined => undefined;

/** A server whose index has page after page, and whose callers have so many requests. */
function endless(requests: number, searched: (times: number) => void) {
  let searches = 0;
  const count = () => {
    if (--requests < 0) throw new MillraceError('rate_limited', 'too many', { retryAfter: 1 });
  };
  const admission = {
    count,
    request: async () => {
      count();
      return { workspace_id: 'w', user_id: 'bot', role: 'member' };
    },
  };
  const search = async () => {
    searched(++searches);
    return { hits: [], total: 10_000, next_cursor: 'more' };
  };
  const directory = { readableChannels: async () => ['C'], channelsById: async () => [], usersById: async () => [] };
  const tracing = { on: false, samples: () => false };
  const context = { directory, search: { search }, tracing, logger: { error: nothing, warn: nothing } };
  const ports = { context, admission, times: {}, tls: false, socketPath: () => '', called: nothing };
  const serve = slackServer(ports as unknown as SlackServerPorts);
  return async (page: number) => {
    const request = {
      method: 'GET',
      path: '/api/search.messages',
      query: `query=x&page=${page}`,
      body: Buffer.alloc(0),
    };
    const header = (name: string) => (name === 'authorization' ? 'Bearer x' : undefined);
    const { status, body } = await serve({ ...request, header } as never);
    const { ok, error } = JSON.parse(String(body));
    return [status, ok ? 'ok' : error, searches];
  };
}

test('a search that reads the pages before its own counts each of them, and ends where it may read no more', async () => {
  const ask = endless(10, nothing);
  assert.deepEqual(await ask(7), [200, 'ok', 7]);
  assert.deepEqual(await ask(7), [429, 'ratelimited', 10]);
});

test('a search whose answer nobody waits for any longer reads no further pages', async (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const ask = endless(1000, (times) => {
    if (times === 3) now = 10_000;
  });
  assert.deepEqual(await ask(50), [200, 'request_timeout', 3]);
});
