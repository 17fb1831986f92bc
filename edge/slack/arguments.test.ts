import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Arguments } from './arguments.ts';
import { SlackError } from './errors.ts';

const form = 'application/x-www-form-urlencoded; charset=utf-8';

function read(body: string | Buffer, type: string | undefined = form, method = 'POST', query = ''): Arguments {
  const header = (name: string) => (name === 'content-type' ? type : undefined);
  return Arguments.of({ method, query, body: Buffer.from(body as string), header });
}

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof SlackError) return error.error;
    throw error;
  }
  return 'ok';
};

describe('a call’s arguments', () => {
  it('are the same by form, by JSON and by query', () => {
    const json = JSON.stringify({ channel: 'C1', limit: 7, inclusive: true, users: ['a', 'b'] });
    for (const args of [
      read('channel=C1&limit=7&inclusive=true&users=a%2C+b'),
      read('channel=C1&limit=7&inclusive=1&users=a,b'),
      read(json, 'application/json; charset=utf-8'),
      read('', undefined, 'GET', 'channel=C1&limit=7&inclusive=true&users=a,b'),
    ]) {
      assert.equal(args.needed('channel'), 'C1');
      assert.equal(args.limit(100), 7);
      assert.equal(args.flag('inclusive'), true);
      assert.deepEqual(args.list('users'), ['a', 'b']);
      assert.equal(args.text('missing'), undefined);
    }
  });

  it('that are empty or null are not there', () => {
    const args = read(JSON.stringify({ a: null, b: '', c: [], d: false, e: {} }), 'application/json');
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) assert.equal(args.has(name), false, name);
    assert.equal(read('blocks=%5B%5D').has('blocks'), false);
    assert.equal(read('blocks=%5B%7B%7D%5D').has('blocks'), true);
    assert.equal(args.text('a'), undefined);
    assert.equal(args.flag('a', true), true);
  });

  it('of the wrong kind are refused in Slack’s words', () => {
    const args = read('limit=x&flag=maybe&count=0&page=1.5');
    assert.equal(
      refusal(() => args.limit(1)),
      'invalid_limit',
    );
    assert.equal(
      refusal(() => read('limit=1001').limit(1)),
      'invalid_limit',
    );
    assert.equal(
      refusal(() => args.flag('flag')),
      'invalid_arguments',
    );
    assert.equal(
      refusal(() => args.number('count', 1, 1)),
      'invalid_arguments',
    );
    assert.equal(
      refusal(() => args.number('page', 1, 1)),
      'invalid_arguments',
    );
    assert.equal(
      refusal(() => args.needed('channel')),
      'invalid_arguments',
    );
    assert.equal(
      refusal(() => args.refuse('flag', 'is not supported')),
      'invalid_arguments',
    );
    assert.equal(
      refusal(() => read('{"text":{}}', 'application/json').text('text')),
      'invalid_arguments',
    );
    assert.equal(
      refusal(() => read('{"client_msg_id":"\\ud800"}', 'application/json').text('client_msg_id')),
      'invalid_arguments',
    );
  });

  it('have bounds: a page has 200 at most', () => {
    assert.equal(read('limit=1000').limit(100), 200);
    assert.equal(read('limit=0').limit(100), 100);
    assert.equal(read('').limit(100), 100);
  });

  it('in a body that can’t be read are refused, without a word of it', () => {
    assert.equal(
      refusal(() => read('{', 'application/json')),
      'invalid_json',
    );
    assert.equal(
      refusal(() => read(Buffer.from('{"text":"\xff"}', 'latin1'), 'application/json')),
      'invalid_json',
    );
    assert.equal(
      refusal(() => read('[]', 'application/json')),
      'json_not_object',
    );
    assert.equal(
      refusal(() => read('null', 'application/json')),
      'json_not_object',
    );
    assert.equal(
      refusal(() => read('x', 'multipart/form-data; boundary=x')),
      'invalid_post_type',
    );
    assert.equal(
      refusal(() => read('', undefined)),
      'ok',
    );
    assert.throws(
      () => read('{"secret', 'application/json'),
      (error: Error) => !error.message.includes('secret'),
    );
  });
});
