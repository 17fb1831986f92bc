import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Access } from '../../platform/directory/port.ts';
import { catalogue, type ErrorCode } from '../../platform/errors/catalogue.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { inSlackWords } from './errors.ts';

const access = (member: boolean, archived = false): Access => ({ member, channel: { archived } }) as Access;
const name = (code: ErrorCode, ...more: [Access?, object?]): string =>
  inSlackWords(new MillraceError(code, 'why'), ...more).error;

describe('a refusal in Slack’s words', () => {
  it('says whether one is not in the channel, may not, or it is archived', () => {
    assert.equal(name('forbidden', access(false)), 'not_in_channel');
    assert.equal(name('forbidden', access(true)), 'restricted_action');
    assert.equal(name('forbidden', access(true), { forbidden: 'cant_update_message' }), 'cant_update_message');
    assert.equal(name('forbidden', access(false), { forbidden: 'cant_update_message' }), 'not_in_channel');
    assert.equal(name('conflict', access(true, true), { conflict: 'message_not_found' }), 'is_archived');
    assert.equal(name('conflict', access(true), { conflict: 'message_not_found' }), 'message_not_found');
    assert.equal(name('not_found'), 'channel_not_found');
    assert.equal(name('rate_limited'), 'ratelimited');
    assert.equal(name('unavailable'), 'service_unavailable');
    assert.equal(name('unauthenticated'), 'invalid_auth');
  });

  it('there is for each error of the catalogue, with its reason and when to come back', () => {
    for (const code of Object.keys(catalogue) as ErrorCode[]) assert.match(name(code), /^[a-z_]+$/);
    const { detail, options } = inSlackWords(
      new MillraceError('rate_limited', 'slower', { retryAfter: 3, cause: 'x' }),
    );
    assert.deepEqual([detail, options], ['slower', { retryAfter: 3 }]);
  });
});
