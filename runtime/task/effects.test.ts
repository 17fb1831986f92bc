import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MillraceError } from '../../platform/errors/error.ts';
import type { PushWork } from '../../platform/push/work.ts';
import type { SearchDocument, SearchIndex } from '../../platform/search/port.ts';
import type { PushDue } from '../../schemas/generated/types.ts';
import { systemClock } from '../clock.ts';
import { defaultErrors, type ErrorPolicy } from '../topology/format/index.ts';
import type { SinkPlan } from '../topology/plan.ts';
import { Effects } from './effects.ts';
import { WorkUnit } from './work-unit.ts';

const silent = { retried: () => undefined, took: () => undefined };

function sink(parallel: number, errors: Partial<ErrorPolicy> = {}): SinkPlan {
  const policy = { ...defaultErrors, backoff: '1ms', 'at-most': '2ms', ...errors };
  return { kind: 'sink', id: 'search', target: { kind: 'search' }, from: [], parallel, errors: policy };
}

/** A unit of documents `key rev`. */
function unit(to: SinkPlan, documents: [key: string, rev: number][]): WorkUnit {
  const made = new WorkUnit(1);
  for (const [key, rev] of documents)
    made.addEffect(to, { key, value: { channel_id: key, rev } as SearchDocument, offset: rev });
  return made;
}

/** An index whose calls take as long as `pause` says, and which remembers them. */
class SlowIndex {
  readonly done: SearchDocument[] = [];
  most = 0;
  private underWay = 0;

  constructor(
    private readonly pause: () => number,
    private readonly refuses: (document: SearchDocument) => boolean = () => false,
  ) {}

  get port(): SearchIndex {
    return { index: (documents: SearchDocument[]) => this.index(documents) } as unknown as SearchIndex;
  }

  private async index(documents: SearchDocument[]): Promise<void> {
    this.most = Math.max(this.most, ++this.underWay);
    await systemClock.sleep(this.pause(), new AbortController().signal);
    this.underWay--;
    if (documents.some(this.refuses)) throw new Error('refused');
    this.done.push(...documents);
  }
}

describe('effects', () => {
  it('of one key keep the order of their units, whatever takes how long; no more lanes than allowed are used', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 5 }), { maxLength: 6 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 4 })),
        async (parallel, units, pauses) => {
          const index = new SlowIndex(() => pauses.next().value as number);
          const effects = new Effects({ search: index.port }, systemClock, silent);
          const to = sink(parallel);
          let rev = 0;
          const runs = units.map((keys) =>
            effects.run(
              unit(
                to,
                keys.map((key): [string, number] => [key, ++rev]),
              ),
              new AbortController().signal,
            ),
          );
          assert.deepEqual((await Promise.all(runs)).flat(), []);
          assert.equal(index.done.length, rev);
          assert.equal(index.most <= parallel, true, `${index.most} calls at once of ${parallel}`);
          for (const key of 'abcde') {
            const revs = index.done.filter(({ channel_id }) => channel_id === key).map((document) => document.rev);
            assert.deepEqual(
              revs,
              [...revs].sort((a, b) => a - b),
            );
          }
        },
      ),
      { numRuns: 40 },
    ));

  it('let other keys pass one that is stuck', async () => {
    let stuck = true;
    const index = new SlowIndex(
      () => 0,
      ({ channel_id }) => stuck && channel_id === 'a',
    );
    const effects = new Effects({ search: index.port }, systemClock, silent);
    const to = sink(8);
    // Two keys of different lanes.
    const first = effects.run(unit(to, [['a', 1]]), new AbortController().signal);
    await effects.run(unit(to, [['c', 2]]), new AbortController().signal);
    assert.deepEqual(
      index.done.map(({ rev }) => rev),
      [2],
    );
    stuck = false;
    await first;
    assert.deepEqual(
      index.done.map(({ rev }) => rev),
      [2, 1],
    );
  });

  it('give up only what fails alone, where the policy has dead letters', async () => {
    const index = new SlowIndex(
      () => 0,
      ({ rev }) => rev === 2,
    );
    const effects = new Effects({ search: index.port }, systemClock, silent);
    const to = sink(1, { retry: 1, then: 'dead-letter' });
    const failed = await effects.run(
      unit(to, [
        ['a', 1],
        ['a', 2],
        ['a', 3],
      ]),
      new AbortController().signal,
    );
    assert.deepEqual(
      failed.map(({ effect, attempts }) => [effect.offset, attempts]),
      [[2, 3]],
    );
    assert.deepEqual(
      index.done.map(({ rev }) => rev),
      [1, 3],
    );
  });

  it('wait for an engine that is away beyond all retries, and tell meanwhile what holds them', async () => {
    let away = true;
    const port = {
      index: async () => {
        if (away) throw new MillraceError('unavailable', 'away');
      },
    } as unknown as SearchIndex;
    let tries = 0;
    const told: (string | undefined)[] = [];
    const effects: Effects = new Effects({ search: port }, systemClock, {
      ...silent,
      retried: () => {
        told.push(effects.stuckOn);
        if (++tries === 10) away = false;
      },
    });
    const to = sink(1, { retry: 1, then: 'dead-letter' });
    assert.deepEqual(await effects.run(unit(to, [['a', 1]]), new AbortController().signal), []);
    assert.deepEqual(told, [undefined, undefined, ...Array(8).fill('search')]);
    assert.equal(effects.stuckOn, undefined);
  });

  it('end with the signal, before they are done', async () => {
    const index = new SlowIndex(
      () => 0,
      () => true,
    );
    const effects = new Effects({ search: index.port }, systemClock, silent);
    const stop = new AbortController();
    const run = effects.run(unit(sink(1), [['a', 1]]), stop.signal);
    setTimeout(() => stop.abort(), 20);
    await assert.rejects(run, /stopped before the effect was done/);
  });

  it('that were refused for good are given up at once, whatever the policy, and no other with them', async () => {
    const refusal = new MillraceError('invalid_request', 'refused');
    const tried: number[] = [];
    const push: PushWork = {
      audience: async () => undefined,
      phones: async (dues) => {
        tried.push(dues.length);
        return dues.map(({ user_id }) => (user_id === 'bob' ? refusal : undefined));
      },
    };
    const effects = new Effects({ search: new SlowIndex(() => 0).port, push }, systemClock, silent);
    const to: SinkPlan = {
      ...sink(1, { retry: 'forever', then: 'pause-source' }),
      target: { kind: 'push', to: 'phones' },
    };
    const made = new WorkUnit(1);
    for (const [at, user_id] of ['ann', 'bob', 'carl'].entries())
      made.addEffect(to, { key: user_id, value: { user_id } as PushDue, offset: at });
    const failed = await effects.run(made, new AbortController().signal);
    assert.deepEqual(tried, [3]);
    assert.deepEqual(
      failed.map(({ effect, error, attempts }) => [effect.offset, error, attempts]),
      [[1, refusal, 1]],
    );
  });
});
