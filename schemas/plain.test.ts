import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fileCodec } from '../platform/schemas/files.ts';
import type { PersonEvent } from './generated/types.ts';

it('what is decoded are plain objects all the way down, as those that steps make', () => {
  const codec = fileCodec();
  const marker = { epoch: 1, last_read_seq: 2, last_read_rev: 3, since_rev: 0 };
  const value: PersonEvent = {
    workspace_id: 'w',
    user_id: 'u',
    body: { ReadMoved: { channel_id: 'c', marker, reply_to: { gateway: '0', epoch: 1, request: 2 }, thread: null } },
  };
  const decoded = codec.decode(codec.encode('PersonEvent', value)).value;
  const look = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    assert.equal(part.constructor, Object);
    for (const inner of Object.values(part)) look(inner);
  };
  look(decoded);
});
