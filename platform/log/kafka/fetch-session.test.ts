import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { FetchSession, type Named, type SessionRequest } from './fetch-session.ts';
import { keyOf } from './place.ts';

/** What a broker does with sessions (KIP-227), where `keeps` it any; none of its answers has records. */
class Broker {
  private readonly sessions = new Map<number, { epoch: number; offsets: Map<string, number> }>();
  private last = 0;
  constructor(private readonly keeps: boolean) {}

  evict(): void {
    this.sessions.clear();
  }

  /** `offsets`: what it looked at, where it looked at anything. */
  answer({ sessionId, sessionEpoch, named, forgotten }: SessionRequest): {
    errorCode: number;
    sessionId: number;
    offsets?: Map<string, number>;
  } {
    if (sessionEpoch === 0) {
      assert.deepEqual(forgotten, [], 'a session that begins has nothing to forget');
      this.sessions.delete(sessionId);
      const offsets = new Map(named.map((one) => [one.key, one.offset]));
      if (!this.keeps) return { errorCode: 0, sessionId: 0, offsets };
      this.sessions.set(++this.last, { epoch: 1, offsets });
      return { errorCode: 0, sessionId: this.last, offsets };
    }
    const session = this.sessions.get(sessionId);
    if (!session) return { errorCode: 70, sessionId: 0 };
    if (session.epoch !== sessionEpoch) return { errorCode: 71, sessionId: 0 };
    session.epoch++;
    for (const one of named) session.offsets.set(one.key, one.offset);
    for (const one of forgotten) assert.ok(session.offsets.delete(one.key), 'only what is known is forgotten');
    return { errorCode: 0, sessionId, offsets: new Map(session.offsets) };
  }

  get size(): number {
    return this.sessions.size;
  }
}

function named(topic: string, partition: number, offset: number): Named {
  return { key: keyOf(topic, partition), topic, partition, offset };
}

const wanted = fc.uniqueArray(
  fc
    .record({ topic: fc.constantFrom('a', 'b'), partition: fc.nat(2), offset: fc.nat(2) })
    .map(({ topic, partition, offset }) => named(topic, partition, offset)),
  { selector: ({ key }) => key },
);
const steps = fc.array(
  fc.record({ wanted, event: fc.constantFrom('well', 'well', 'well', 'request lost', 'answer lost', 'evicted') }),
);

it('has the broker look at what is wanted, whatever is lost or forgotten on the way', () => {
  fc.assert(
    fc.property(fc.boolean(), steps, (keeps, all) => {
      const broker = new Broker(keeps);
      const session = new FetchSession();
      for (const { wanted: now, event } of all) {
        if (event === 'evicted') broker.evict();
        // Given up at once where a session is gone: with a new one.
        for (let tries = 1; ; tries++) {
          assert.ok(tries <= 2, 'a session that begins is never refused');
          const request = session.request(now);
          const answer = event === 'request lost' ? undefined : broker.answer(request);
          if (event === 'request lost' || event === 'answer lost') {
            session.failed();
            break;
          }
          if (!session.answered(answer!)) continue;
          assert.deepEqual(
            new Map([...answer!.offsets!].sort()),
            new Map(now.map((one) => [one.key, one.offset] as const).sort()),
          );
          break;
        }
      }
    }),
  );
});

it('names what is new, further or gone, and nothing else', () => {
  const broker = new Broker(true);
  const session = new FetchSession();
  const ask = (offsets: number[]) => {
    const request = session.request(offsets.map((offset, partition) => named('t', partition, offset)));
    session.answered(broker.answer(request));
    return [request.named.map(({ partition }) => partition), request.forgotten.map(({ partition }) => partition)];
  };
  assert.deepEqual(ask([5, 5, 5]), [[0, 1, 2], []]);
  assert.deepEqual(ask([5, 5, 5]), [[], []]);
  assert.deepEqual(ask([5, 6, 5]), [[1], []]);
  assert.deepEqual(ask([5]), [[], [1, 2]]);
  assert.deepEqual(ask([5, 6]), [[1], []]);
});

it('has one session at the broker, also after answers that were lost', () => {
  const broker = new Broker(true);
  const session = new FetchSession();
  for (let i = 0; i < 5; i++) {
    session.answered(broker.answer(session.request([named('t', 0, i)])));
    broker.answer(session.request([named('t', 0, i)]));
    session.failed();
  }
  session.answered(broker.answer(session.request([])));
  assert.equal(broker.size, 1);
});

it('begins its count again behind the last number', () => {
  const session = new FetchSession();
  Object.assign(session, { id: 7, epoch: 2 ** 31 - 1 });
  session.request([]);
  session.answered({ sessionId: 7 });
  assert.equal(session.request([]).sessionEpoch, 1);
});

it('tells of an error that no session explains', () => {
  const session = new FetchSession();
  session.request([]);
  assert.throws(() => session.answered({ errorCode: 29 }), /refused with Kafka's error 29/);
});
