import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { connect, disconnect, type LoadResult, load } from '../load.ts';
import { startMillrace } from '../servers.ts';
import { round } from '../statistics.ts';
import { flameGraph } from './flame.ts';
import { stacksOf } from './profile.ts';
import { byStage, type Stage, stages } from './stages.ts';
import { threadTimes } from './threads.ts';

const sockets = 100;
const perChannel = 2;
const results = fileURLToPath(new URL('../results/', import.meta.url));

/**
 * Where a message's CPU goes: the process's threads by what the kernel says, without a profile; then the stages of the
 * main one, by a profile's shares. Channels of two, so two deliveries a message.
 */
export async function budget({ quick }: { quick: boolean }): Promise<object> {
  const rate = quick ? 1000 : 4000;
  const seconds = quick ? 3 : 15;
  const plain = await startMillrace();
  const clients = await connect(plain, sockets, perChannel);
  await load(plain, clients, rate / 2, 4, 'warm');
  const before = threadTimes(plain.pid);
  const measured = await load(plain, clients, rate, seconds, 'm');
  const after = threadTimes(plain.pid);
  disconnect(clients);
  await plain.stop();
  const perMessage = (us: number): number => round(us / measured.sent);
  const threads = [...after].map(([id, { name, us }]) => ({
    thread: id === plain.pid ? 'main' : name,
    us_a_message: perMessage(us - (before.get(id)?.us ?? 0)),
  }));
  const main = threads.find(({ thread }) => thread === 'main')!.us_a_message;
  const profiled = await profile(rate, seconds);
  const total = (found: Map<Stage, number>): number => [...found.values()].reduce((sum, us) => sum + us, 0);
  const shares = byStage(profiled.main);
  const all = total(shares);
  if (!quick) {
    const title = `The main thread at ${rate} messages a second, ${seconds} s`;
    writeFileSync(`${results}budget.svg`, flameGraph(title, profiled.main));
  }
  return {
    rate,
    sockets,
    members_per_channel: perChannel,
    text_bytes: 200,
    measured: short(measured),
    threads: threads.filter(({ us_a_message }) => us_a_message >= 0.5).sort((a, b) => b.us_a_message - a.us_a_message),
    main_stages_us_a_message: Object.fromEntries(
      stages.map((stage) => [stage, round((shares.get(stage)! / all) * main)]),
    ),
    profiled: short(profiled.result),
  };
}

async function profile(rate: number, seconds: number) {
  const folder = mkdtempSync(`${tmpdir()}/millrace-profile-`);
  try {
    const began = performance.now();
    const flags = ['--cpu-prof', '--cpu-prof-dir', folder, '--cpu-prof-interval', '500'];
    const server = await startMillrace(flags);
    const clients = await connect(server, sockets, perChannel);
    await load(server, clients, rate / 2, 4, 'warm');
    const from = (performance.now() - began) * 1000;
    const result = await load(server, clients, rate, seconds, 'p');
    const to = (performance.now() - began) * 1000;
    disconnect(clients);
    await server.stop();
    // Node writes the main thread's alone.
    const [file] = readdirSync(folder);
    return { result, main: stacksOf(`${folder}/${file}`, from, to) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function short({ acknowledged_rate, ack_ms, cpu_us_per_message, refused }: LoadResult): object {
  return { acknowledged_rate, ack_ms, cpu_us_per_message, refused };
}
