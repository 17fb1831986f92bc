import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Tapped, Taps } from '../../runtime/observing/taps.ts';
import { type TapLine, type TapOptions, tap } from './tap.ts';

const record = (n: number, to = 'events') =>
  ({
    schema: 'Typing',
    key: `k${n}`,
    time: n,
    partition: 0,
    offset: n,
    to,
    value: { n, id: String(n) },
  }) as unknown as Tapped;
const many = (count: number) => Array.from({ length: count }, (_, n) => record(n));

class Session {
  readonly taps = new Taps();
  private readonly stop = new AbortController();
  private readonly lines: AsyncGenerator<TapLine>;

  constructor(options: Partial<TapOptions> = {}) {
    const all = { topology: 't', node: 'n', sample: 1, limit: Number.POSITIVE_INFINITY, ...options };
    this.lines = tap(this.taps, all, this.stop.signal);
  }

  async next(): Promise<TapLine | undefined> {
    const { value, done } = await this.lines.next();
    return done ? undefined : (value as TapLine);
  }

  async offsets(count: number): Promise<number[]> {
    const found: number[] = [];
    while (found.length < count) {
      const line = await this.next();
      if (line && 'offset' in line) found.push(line.offset);
    }
    return found;
  }

  end(): void {
    this.stop.abort();
  }
}

describe('a tap', () => {
  it('shows what leaves from now on, in order, and ends with its limit', async () => {
    const session = new Session({ limit: 3 });
    session.taps.passed('t', 'n', many(2));
    assert.deepEqual(await session.next(), { listening: 't/n' });
    session.taps.passed('t', 'n', many(5));
    assert.deepEqual(await session.offsets(3), [0, 1, 2]);
    assert.equal(await session.next(), undefined);
  });

  it('by output, by expression, by sample', async () => {
    for (const [options, wanted] of [
      [{ output: 'answers' }, [1, 3, 5, 7, 9]],
      [{ where: 'value.n > 6 && value.id != "8"' }, [7, 9]],
      [{ where: 'output == "answers" && offset < 4' }, [1, 3]],
      [{ sample: 0.5 }, [1, 3, 5, 7, 9]],
    ] as const) {
      const session = new Session(options);
      await session.next();
      session.taps.passed(
        't',
        'n',
        many(10).map(({ offset }) => record(offset, offset % 2 ? 'answers' : 'events')),
      );
      assert.deepEqual(await session.offsets(wanted.length), wanted);
      session.end();
      assert.equal(await session.next(), undefined);
    }
  });

  it('drops and counts what comes faster than it is taken', async () => {
    const session = new Session();
    await session.next();
    session.taps.passed('t', 'n', many(7000));
    let shown = 0;
    for (;;) {
      const line = (await session.next())!;
      if ('dropped' in line) {
        assert.equal(line.dropped, 2000);
        break;
      }
      shown++;
    }
    assert.deepEqual((await session.offsets(5000 - shown)).at(-1), 4999);
    session.end();
  });

  it('says on what its expression fails, and refuses one that is none', async () => {
    const session = new Session({ where: 'value.nothing == 1' });
    await session.next();
    session.taps.passed('t', 'n', many(3));
    // Told as it is found out: on a busy machine in several lines.
    for (let failed = 0; failed < 3; ) {
      const line = (await session.next()) as { dropped: number; failed: number; reason: string };
      assert.deepEqual([line.dropped, line.reason], [0, 'No such key: nothing']);
      assert.equal(line.failed > failed, true, `${failed}, then ${line.failed}`);
      ({ failed } = line);
    }
    session.end();
    for (const where of ['value.', '1 + 1', 'nobody == 1'])
      assert.throws(() => new Session({ where }), { code: 'invalid_request' });
  });

  it('stops listening when its reader is gone', async () => {
    const session = new Session();
    await session.next();
    const waiting = session.next();
    session.end();
    assert.equal(await waiting, undefined);
    session.taps.passed('t', 'n', many(1));
  });
});
