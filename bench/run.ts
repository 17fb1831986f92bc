// npm run bench -- NAME: measures, prints, and writes bench/results/NAME.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { budget } from './budget/budget.ts';
import { connections } from './edge/connections.ts';
import { deliveries } from './edge/deliveries.ts';
import { oneCore } from './edge/one-core.ts';
import { sockets } from './edge/sockets.ts';
import { storms } from './edge/storms.ts';
import { graph } from './graph.ts';
import { largeChannel } from './large-channel.ts';
import { latency } from './latency.ts';
import { reading, readingOnEngines } from './reading.ts';
import { replay } from './replay.ts';
import { restart } from './restart.ts';
import { saturation } from './saturation.ts';
import { sizes } from './sizes.ts';
import { soak } from './soak.ts';
import { stackCosts } from './stack-costs.ts';
import { streams } from './streams/streams.ts';
import { takeOver } from './take-over.ts';

const benches: { [name: string]: (options: { quick: boolean }) => Promise<object> } = {
  ...{
    budget,
    connections,
    deliveries,
    graph,
    latency,
    reading,
    replay,
    restart,
    saturation,
    sizes,
    soak,
    sockets,
    storms,
    streams,
  },
  'large-channel': largeChannel,
  'one-core': oneCore,
  'reading-engines': readingOnEngines,
  'stack-costs': stackCosts,
  'take-over': takeOver,
};
const results = fileURLToPath(new URL('./results/', import.meta.url));

const args = process.argv.slice(2);
const quick = args.includes('--quick');
const names = args.filter((arg) => !arg.startsWith('--'));
if (names.length === 0 || names.some((name) => !(name in benches))) {
  console.error(`npm run bench -- NAME [--quick], with NAME of: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
mkdirSync(results, { recursive: true });
for (const name of names) {
  const before = loadavg();
  const result = await benches[name]!({ quick });
  const conditions = {
    date: new Date().toISOString(),
    node: process.version,
    cpu: `${cpus().length} × ${cpus()[0]?.model}`,
    load_average_before: before.map((value) => Number(value.toFixed(2))),
  };
  const text = JSON.stringify({ bench: name, conditions, ...result }, null, 2);
  if (!quick) writeFileSync(`${results}${name}.json`, `${text}\n`);
  console.log(text);
}
process.exit(0);
