import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fixture } from '../platform/messages/fixture.ts';
import { worded } from './wording.ts';

describe('a push’s words', () => {
  it('name people by their ids, also by one that holds a |, and by what stands before a label', () => {
    const names = new Map([
      ['bob', 'Bob'],
      ['auth0|abc', 'Ada'],
    ]);
    const message = fixture('1', 1, { text: '<@bob> <@auth0|abc> <@bob|bobby> <@no|body>' });
    const { body } = worded({ message, author: 'Ann', channel: null, count: 1, names });
    assert.equal(body, '@Bob @Ada @Bob @no|body');
  });
});
