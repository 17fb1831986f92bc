import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { MessageStore } from '../../platform/messages/port.ts';
import type { SearchIndex } from '../../platform/search/port.ts';
import { compareIndex } from './compare-index.ts';

it('does not wait for documents of what went to dead letters', async () => {
  const store = { scan: async () => ({ messages: [{}, {}, {}], cursor: null }) } as unknown as MessageStore;
  let asked = 0;
  const generations = async () => {
    asked++;
    return [{ id: '2', documents: 2 }];
  };
  const search = { generations } as unknown as SearchIndex;
  const { signal } = new AbortController();
  const compared = await compareIndex(search, store, '2', { sample: [], deadLetters: 1 }, signal);
  assert.deepEqual(compared, { documents: 3, indexed: 2, compared: 0, different: 0 });
  assert.equal(asked, 1);
});
