// One life of a process with all topologies on the embedded engine: takes what lies in the log of a folder, prints what can
// be read then, and ends; or kills itself at a planned point. guarantees.embedded.test.ts starts it.
import { readFileSync } from 'node:fs';
import { openEngine } from '../../platform/embedded/engine.ts';
import type { SearchDocument, SearchIndex } from '../../platform/search/port.ts';
import { openSearch } from '../../platform/search/sqlite.ts';
import type { Unit } from '../../platform/units/port.ts';
import { systemClock } from '../../runtime/clock.ts';
import { Task } from '../../runtime/task/task.ts';
import { appendOf } from '../../runtime/testing/given.ts';
import { Journal } from '../../runtime/testing/journal.ts';
import { topicSpecs } from '../../runtime/topology/topic-specs.ts';
import type { MessageEvent } from '../../schemas/generated/types.ts';
import { storeAsRead } from './as-read.ts';
import { smallPlans } from './crashing.ts';
import { eventually } from './eventually.ts';
import { codec } from './pipeline.ts';
import type { Workload } from './workload.ts';

/** Where a life ends by SIGKILL, and at which such place. */
export interface Kill {
  at: 'before-commit' | 'commit-called' | 'commit-flushing' | 'after-commit' | 'after-index';
  number: number;
}

/** Never moves: the log's times, and so the events, are the same in each run. */
const time = Date.UTC(2026, 0, 1);

const [folder, workloadFile, killText] = process.argv.slice(2) as [string, string, string | undefined];
const kill = killText ? (JSON.parse(killText) as Kill) : undefined;
const counts = new Map<Kill['at'], number>();

function dieAt(at: Kill['at'], later?: (die: () => void) => void): void {
  counts.set(at, (counts.get(at) ?? 0) + 1);
  if (kill?.at !== at || counts.get(at) !== kill.number) return;
  const die = (): void => void process.kill(process.pid, 'SIGKILL');
  if (later) later(die);
  else die();
}

const plans = await smallPlans();
const engine = openEngine(folder, codec, () => time);
const search = await openSearch({ folder: `${folder}/search` });
await engine.log.declare(topicSpecs(plans, { partitions: 1, gateways: ['0', '1'] }));
if ((await engine.log.bounds('message_commands', 0)).end === 0) {
  const { commands, reads } = JSON.parse(readFileSync(workloadFile, 'utf8')) as Workload;
  await engine.log.append([...commands, ...reads].map((given) => appendOf(given, plans)));
}

const isDurable = ({ rows, appends }: Unit): boolean =>
  rows.length > 0 || appends.some(({ topic }) => !engine.log.topic(topic)!.volatile);
const units = {
  offset: engine.units.offset.bind(engine.units),
  commit: async (unit: Unit) => {
    if (!isDurable(unit)) return engine.units.commit(unit);
    dieAt('before-commit');
    const committing = engine.units.commit(unit);
    dieAt('commit-called');
    // The commit begins in the turn of the event loop after this one, and is then on its way to the disk.
    dieAt('commit-flushing', (die) => void setImmediate(() => setImmediate(die)));
    const positions = await committing;
    dieAt('after-commit');
    return positions;
  },
};
const index = async (documents: SearchDocument[]): Promise<void> => {
  await search.index(documents);
  dieAt('after-index');
};
const ports = {
  log: engine.log,
  state: engine.state,
  units,
  search: { ...search, index } as SearchIndex,
  clock: systemClock,
  codec,
};
const stop = new AbortController();
const journal = new Journal({ crashed: false });
/** Pushing asks the directory and presence, which are not here. */
const run = plans.topologies.filter(({ name }) => name !== 'push');
const tasks = run.map((plan) => new Task({ plan, partition: 0 }, ports, journal).run(stop.signal));

await Promise.race([
  Promise.all(tasks),
  eventually(async () => {
    for (const { name, nodes } of run)
      for (const node of nodes) {
        if (node.kind !== 'source' || engine.log.topic(node.topic)!.volatile) continue;
        const { end } = await engine.log.bounds(node.topic, 0);
        if (end === 0 || (await engine.units.offset(`${name}/${node.id}`, 0)) !== end)
          throw new Error(`${name} is behind`);
      }
  }, 20_000),
]);
stop.abort();
await Promise.all(tasks);

const { end } = await engine.log.bounds('message_events', 0);
const records = await engine.log.reader('message_events', 0, 0).next(end);
const keys = records.flatMap((record) => {
  const { body, channel_id } = record.decoded().value as MessageEvent;
  return 'MessageChanged' in body
    ? [{ workspace_id: 'w', channel_id, message_id: body.MessageChanged.message.message_id }]
    : [];
});
const state = engine.state.open('messages/sequence', 0, { volatile: false });
const [serving] = await search.generations();
const seen = {
  events: records.map((record) => record.bytes().toString('hex')),
  dead_letters: (await engine.log.bounds('dead_letters', 0)).end,
  store: await storeAsRead(engine.messages, 'w'),
  documents: await search.documents(serving!.id, keys),
  heads: state.keys('heads', '', 100).map((key) => [key, state.get('heads', key)]),
};
await search.close();
await engine.close();
process.stdout.write(JSON.stringify(seen));
