// npm run bench:smoke: a few ratios of CPU, each beside what it was; ends with 1 where one is more than twice that.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bare, millrace } from './edge/contenders.ts';
import { deliveriesOf } from './edge/deliveries.ts';
import { graph } from './graph.ts';
import { connect, disconnect, load } from './load.ts';
import { startBare, startMillrace } from './servers.ts';
import { round } from './statistics.ts';

/** A step back. CPU and not time, and the best of some rounds, so that a busy machine is none. */
const most = 2;
const file = fileURLToPath(new URL('./results/smoke.json', import.meta.url));

type Ratios = { [name: string]: number };

/** An event to 50 × 20 sockets, beside bare uWebSockets.js. */
async function delivery(): Promise<number> {
  const { contenders } = await deliveriesOf({ channels: 50, sockets: 20 }, { bare, millrace }, 3, 2);
  return contenders['millrace']!.least;
}

/** A durable message with ten deliveries at 1,000 a second, beside bare uWebSockets.js that keeps nothing. */
async function message(): Promise<number> {
  const servers = { millrace: await startMillrace(), bare: await startBare() };
  const clients = { millrace: await connect(servers.millrace, 100, 10), bare: await connect(servers.bare, 100, 10) };
  const ratios: number[] = [];
  for (let turn = 0; turn < 4; turn++) {
    const of = async (name: 'millrace' | 'bare'): Promise<number> =>
      (await load(servers[name], clients[name], 1000, 3, `${name}${turn}`)).cpu_us_per_message;
    const [own, limit] = [await of('millrace'), await of('bare')];
    // The first warms up.
    if (turn > 0) ratios.push(own / limit);
  }
  disconnect([...clients.millrace, ...clients.bare]);
  await Promise.all([servers.millrace.stop(), servers.bare.stop()]);
  return Math.min(...ratios);
}

/** The runtime's graph beside a bare loop. */
async function runtime(): Promise<number> {
  const { variants } = (await graph({ quick: true })) as { variants: { runtime: { spread: number[] } } };
  return Math.min(...variants.runtime.spread);
}

const now: Ratios = {
  delivery: round(await delivery()),
  message: round(await message()),
  runtime: round(await runtime()),
};
if (process.argv.includes('--keep')) writeFileSync(file, `${JSON.stringify(now, null, 2)}\n`);
const before = JSON.parse(readFileSync(file, 'utf8')) as Ratios;
const worse = Object.keys(now).filter((name) => now[name]! > most * before[name]!);
for (const name of Object.keys(now))
  console.log(`${worse.includes(name) ? 'WORSE' : 'ok   '} ${name}: ${now[name]} × (was ${before[name]} ×)`);
if (worse.length > 0)
  console.log(`A step back of more than ${most} times: see bench/README.md; --keep takes these as they are.`);
process.exit(worse.length > 0 ? 1 : 0);
