import { execFileSync } from 'node:child_process';
import { eventFrame } from '../../edge/wire/message.ts';
import { event } from '../event.ts';
import { median, round } from '../statistics.ts';
import { bare, centrifuge, millrace, type Start, socketIo } from './contenders.ts';
import { Crowd } from './crowd.ts';

const contenders: { [name: string]: Start } = { bare, millrace, centrifuge, 'socket.io': socketIo };
/** Sockets that hear the one channel. The loader's files are too few for four contenders with 5,000: the last one gives way. */
const shapes = [
  { sockets: 1000, names: ['bare', 'millrace', 'centrifuge', 'socket.io'] },
  { sockets: 5000, names: ['bare', 'millrace', 'centrifuge'] },
];
const [serverCore, loaderCore] = [0, 1];
/** How late the last delivery may come after the last event was due. */
const late_ms = 250;
/** Rates go up by so much until one is not held: first to find where about, then finely. */
const [coarse, fine] = [1.6, 1.15];
/** Deliveries a second. */
const first = 50_000;

const frame = eventFrame(event('channel-0', 1, 1));
const payload = JSON.parse(frame) as object;

interface Step {
  asked: number;
  held: boolean;
  /** So many deliveries for each second of CPU that the server took: what others' work on the machine can't take away. */
  deliveries_a_cpu_second: number;
  /** Shares of a core. */
  server: number;
  loader: number;
  missing: number;
  closed: number;
  /** After the last event was due. */
  late_ms: number;
}

/** The highest rate of deliveries that a server holds from one core, the loader on the other one. */
export async function oneCore({ quick }: { quick: boolean }): Promise<object> {
  pin(String(loaderCore));
  try {
    const found: object[] = [];
    for (const shape of quick ? shapes.slice(0, 1) : shapes) found.push(await highestOf(shape, quick ? 1 : 2));
    return { text_bytes: 200, frame_bytes: Buffer.byteLength(frame), late_ms, shapes: found };
  } finally {
    pin(`${serverCore},${loaderCore}`);
  }
}

/** All threads of this process, too. */
function pin(cores: string): void {
  execFileSync('taskset', ['-a', '-c', '-p', cores, String(process.pid)]);
}

async function highestOf({ sockets, names }: (typeof shapes)[number], rounds: number): Promise<object> {
  const clients = Array.from({ length: sockets }, () => ['channel-0']);
  const crowds = new Map<string, Crowd>();
  for (const name of names) crowds.set(name, await Crowd.gather(contenders[name]!, clients, { core: serverCore }));
  const about = new Map<string, number>();
  const highest = new Map<string, Step[]>();
  // The first round warms up and finds where about each one's end is.
  for (let turn = 0; turn <= rounds; turn++)
    for (const [name, crowd] of crowds) {
      const start = turn === 0 ? first : about.get(name)! / fine ** 2;
      const held = await climb(crowd, sockets, start, turn === 0 ? coarse : fine);
      about.set(name, held.asked);
      console.error(`${sockets} sockets, round ${turn}: ${name} ${JSON.stringify(held)}`);
      if (turn > 0) highest.set(name, [...(highest.get(name) ?? []), held]);
    }
  for (const crowd of crowds.values()) await crowd.stop();
  return { sockets, contenders: Object.fromEntries([...highest].map(([name, steps]) => [name, summary(steps)])) };
}

function summary(steps: Step[]): object {
  const asked = steps.map((step) => step.asked);
  return {
    ...{ deliveries_a_second: median(asked), least: Math.min(...asked), most: Math.max(...asked) },
    deliveries_a_cpu_second: median(steps.map(({ deliveries_a_cpu_second }) => deliveries_a_cpu_second)),
    server_core: median(steps.map(({ server }) => server)),
    loader_core: median(steps.map(({ loader }) => loader)),
    rounds: steps,
  };
}

/** The highest rate that was held, going up from `start` (first down to one that is). A shared machine may spoil one, so each has two tries. */
async function climb(crowd: Crowd, sockets: number, start: number, factor: number): Promise<Step> {
  let last: Step | undefined;
  for (let rate = start; ; rate = last ? rate * factor : rate / factor) {
    let step = await tried(crowd, sockets, rate);
    if (!step.held) step = await tried(crowd, sockets, rate);
    if (!step.held && last) return last;
    if (step.held && rate < start) return step;
    if (step.held) last = step;
  }
}

/** Whether every socket hears every event, and the last one soon after it was due. */
async function tried(crowd: Crowd, sockets: number, asked: number): Promise<Step> {
  const seconds = 1;
  const { contender } = crowd;
  await crowd.complete();
  await crowd.came(Number.POSITIVE_INFINITY);
  const before = crowd.messages;
  const rate = asked / sockets;
  const expected = Math.floor(rate * seconds) * sockets;
  const [cpu, own, began] = [contender.process.cpu(), process.cpuUsage(), performance.now()];
  await contender.process.order({ channels: 1, rate, seconds, payload, ...contender.order(['channel-0']) });
  const ended = await crowd.came(before + expected);
  const { user, system } = process.cpuUsage(own);
  const took = (ended - began) / 1000;
  const server_s = contender.process.cpu() - cpu;
  const missing = before + expected - crowd.messages;
  const late = ended - began - seconds * 1000;
  return {
    asked: Math.round(asked),
    held: missing <= 0 && crowd.closed === 0 && late <= late_ms,
    deliveries_a_cpu_second: Math.round(expected / server_s),
    server: round(server_s / took),
    loader: round((user + system) / 1e6 / took),
    ...{ missing, closed: crowd.closed, late_ms: Math.round(late) },
  };
}
