import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fixture } from '../platform/messages/fixture.ts';
import { shownPeople, worded } from './wording.ts';

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

  it('need no more names than they show, nor than the directory tells at once', () => {
    const mentions = Array.from({ length: 2000 }, (_, i) => ({ user_id: `u${i}`, rev: 1 }));
    const people = shownPeople(fixture('1', 1, { user_id: 'ann', mentions }));
    assert.deepEqual([people.length, people[0], people.at(-1)], [201, 'ann', 'u199']);
  });
});
