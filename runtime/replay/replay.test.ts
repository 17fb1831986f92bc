import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { it } from 'node:test';
import { openEngine } from '../../platform/embedded/engine.ts';
import { channelKey } from '../../platform/keys.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import { systemClock } from '../clock.ts';
import { loadProcessors } from '../registry.ts';
import { unobserved } from '../task/observer.ts';
import { shipped } from '../topology/changed.ts';
import { loadTopologies } from '../topology/load.ts';
import { topicSpecs } from '../topology/topic-specs.ts';
import { replayablePlan } from './options.ts';
import { Replay } from './replay.ts';

it('a replay that a step fails tells which node failed, on which record', async (t) => {
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
    [1, 2, 3].map((rev) => ({ topic: 'message_events', key, schema: 'MessageEvent', value: event(rev) }) as never),
  );
  const { plan, source } = replayablePlan(plans!.topologies.find(({ name }) => name === 'index')!, undefined);
  const nodes = plan.nodes.map((node) => {
    if (node.kind !== 'processor') return node;
    const create = () => (_state: unknown, input: { offset: number }) => {
      if (input.offset > 0) throw new Error('no such thing');
      return [];
    };
    return { ...node, processor: { ...node.processor, create } };
  });
  const job = { topology: 'index', state: 'running', options: '', generation: null, cursor: null, scanned: false };
  const replay = new Replay(
    { ...plan, nodes } as typeof plan,
    source,
    { from: { kind: 'start' }, rate: 0 },
    { ...job, next: [], records: 0, at: 0 } as never,
    {
      ...engine,
      search: {},
      codec,
      clock: systemClock,
      control: { put: async () => undefined },
      readBack: {},
    } as never,
    unobserved,
  );
  await assert.rejects(
    async () => {
      for await (const _ of replay.run(null, new AbortController().signal));
    },
    {
      code: 'conflict',
      message: /"documents" fails on message_events 0@1 \(w\/#c\): no such thing; once it is mended/,
    },
  );
});
