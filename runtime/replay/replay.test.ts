import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { it, type TestContext } from 'node:test';
import { openEngine } from '../../platform/embedded/engine.ts';
import type { MillraceError } from '../../platform/errors/error.ts';
import { channelKey } from '../../platform/keys.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { DeadLetter } from '../../schemas/generated/types.ts';
import { systemClock } from '../clock.ts';
import type { ReplayJob } from '../deployment/deployments.ts';
import { loadProcessors } from '../registry.ts';
import { deadLetterTopic } from '../task/dead-letter.ts';
import { unobserved } from '../task/observer.ts';
import { shipped } from '../topology/changed.ts';
import type { ErrorPolicy } from '../topology/format/index.ts';
import { loadTopologies } from '../topology/load.ts';
import { topicSpecs } from '../topology/topic-specs.ts';
import { replayablePlan } from './options.ts';
import { Replay } from './replay.ts';

interface Ended {
  jobs: ReplayJob[];
  /** The offsets of what reached the search index. */
  indexed: number[];
  letters: DeadLetter[];
  error: unknown;
}

/** A replay of `index` over four records, of which its step fails on two; `then`: what its policy says of them. */
async function replayed(t: TestContext, then: ErrorPolicy['then']): Promise<Ended> {
  const folder = mkdtempSync(`${tmpdir()}/millrace-replay-`);
  const codec = fileCodec();
  const engine = openEngine(folder, codec);
  t.after(async () => {
    await engine.close();
    rmSync(folder, { recursive: true });
  });
  const { plans } = loadTopologies(shipped, await loadProcessors());
  await engine.log.declare(topicSpecs(plans!, { partitions: 1, gateways: ['0'] } as never));
  const key = channelKey('w', 'c');
  const event = (rev: number) => ({
    ...{ workspace_id: 'w', channel_id: 'c', rev, seq: rev, time: 1, command_offset: rev, actor_id: 'u' },
    ...{ reply_to: null, trace_id: '', body: { MembersChanged: { kind: 'joined', user_ids: [], change_id: 0 } } },
  });
  await engine.log.append(
    [1, 2, 3, 4].map((rev) => ({ topic: 'message_events', key, schema: 'MessageEvent', value: event(rev) }) as never),
  );
  const { plan, source } = replayablePlan(plans!.topologies.find(({ name }) => name === 'index')!, undefined);
  const nodes = plan.nodes.map((node) => {
    if (node.kind !== 'processor') return node;
    const create =
      () =>
      (_state: unknown, { offset }: { offset: number }) => {
        if (offset === 1 || offset === 2) throw new Error('no such thing');
        return [{ schema: 'SearchDocument', value: { offset } }];
      };
    return { ...node, errors: { ...node.errors, then }, processor: { ...node.processor, create } };
  });
  const ended: Ended = { jobs: [], indexed: [], letters: [], error: undefined };
  const job = { topology: 'index', state: 'running', options: '', generation: null, cursor: null, scanned: false };
  const replay = new Replay(
    { ...plan, nodes } as unknown as typeof plan,
    source,
    { from: { kind: 'start' }, rate: 0 },
    { ...job, next: [], records: 0, dead_letters: 0, at: 0 } as never,
    {
      ...engine,
      search: {
        index: async (documents: { offset: number }[]) => documents.map((one) => ended.indexed.push(one.offset)),
      },
      codec,
      clock: systemClock,
      control: { put: async ({ Replay: noted }: { Replay: ReplayJob }) => void ended.jobs.push(noted) },
      readBack: {},
    } as never,
    unobserved,
  );
  try {
    for await (const _ of replay.run(null, new AbortController().signal));
  } catch (error) {
    ended.error = error;
  }
  const reader = engine.log.reader(deadLetterTopic, 0, 0);
  ended.letters = (await reader.next(10, 50)).map((record) => record.decoded().value as DeadLetter);
  reader.close();
  return ended;
}

it('a replay that a step fails, whose source would wait, tells which node failed, on which record', async (t) => {
  const { error, indexed, letters } = await replayed(t, 'pause-source');
  assert.equal((error as MillraceError).code, 'conflict');
  assert.match(
    (error as MillraceError).message,
    /"documents" fails on message_events 0@1 \(w\/#c\): no such thing; once it is mended/,
  );
  assert.deepEqual([indexed, letters], [[], []]);
});

it('a replay goes on past records that are for dead letters, and counts them', async (t) => {
  const { error, jobs, indexed, letters } = await replayed(t, 'dead-letter');
  assert.equal(error, undefined);
  assert.deepEqual(indexed, [0, 3]);
  assert.deepEqual(
    letters.map(({ topology, node, source, offset, cause }) => [topology, node, source, offset, cause]),
    [1, 2].map((offset) => ['index', 'documents', 'events', offset, 'no such thing']),
  );
  assert.deepEqual([jobs.at(-1)!.records, jobs.at(-1)!.dead_letters], [4, 2]);
});
