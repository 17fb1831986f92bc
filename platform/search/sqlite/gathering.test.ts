import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { SearchDocument } from '../port.ts';
import { Gathering } from './gathering.ts';

const batch = (...ids: string[]) => ids.map((message_id) => ({ message_id }) as SearchDocument);

describe('batches for the embedded index', () => {
  let writes: string[];
  let told: string[];
  let refused: string | undefined;
  let gathering: Gathering;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    writes = [];
    told = [];
    refused = undefined;
    gathering = new Gathering(300, (ids, documents) => {
      const named = documents.map(({ message_id }) => message_id);
      if (refused !== undefined && named.includes(refused)) throw new Error(`not ${refused}`);
      writes.push(`${ids.join('+')}: ${named.join(' ')}`);
    });
  });
  afterEach(() => mock.timers.reset());

  const add = (name: string, documents: SearchDocument[], { to = ['1'], soon = false } = {}) =>
    void gathering.add(to, documents, soon).then(
      () => told.push(name),
      ({ message }: Error) => told.push(`${name}: ${message}`),
    );

  it('share a write once the first has waited its time, and are told then', async () => {
    add('a', batch('1', '2'));
    mock.timers.tick(200);
    add('b', batch('3'));
    mock.timers.tick(99);
    await setImmediate();
    assert.deepEqual([writes, told], [[], []]);
    mock.timers.tick(1);
    await setImmediate();
    assert.deepEqual([writes, told], [['1: 1 2 3'], ['a', 'b']]);
    mock.timers.tick(1000);
    assert.equal(writes.length, 1);
  });

  it('wait no longer behind one that must not wait, nor where they are many', async () => {
    add('a', batch('1'));
    add('b', batch('2'), { soon: true });
    assert.deepEqual(writes, ['1: 1 2']);
    const many = batch(...Array.from({ length: 1000 }, (_, i) => `m${i}`));
    add('c', many);
    assert.equal(writes.length, 1);
    add('d', many);
    assert.equal(writes.length, 2);
    await setImmediate();
    assert.deepEqual(told, ['a', 'b', 'c', 'd']);
  });

  it('are written before those for other generations', async () => {
    add('a', batch('1'));
    add('b', batch('2'), { to: ['1', '2'] });
    mock.timers.tick(300);
    await setImmediate();
    assert.deepEqual(
      [writes, told],
      [
        ['1: 1', '1+2: 2'],
        ['a', 'b'],
      ],
    );
  });

  it('tell nobody but its own of a document that can not be written', async () => {
    refused = '2';
    add('a', batch('1'));
    add('b', batch('2', '3'));
    add('c', batch('4'));
    mock.timers.tick(300);
    await setImmediate();
    assert.deepEqual(
      [writes, told],
      [
        ['1: 1', '1: 4'],
        ['a', 'b: not 2', 'c'],
      ],
    );
  });
});
