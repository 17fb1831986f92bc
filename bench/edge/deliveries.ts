import { eventFrame } from '../../edge/wire/message.ts';
import { event } from '../event.ts';
import { median, round } from '../statistics.ts';
import { bare, type Contender, centrifuge, millrace, type Start, socketIo } from './contenders.ts';
import type { RawSocket } from './raw-socket.ts';

const contenders: { [name: string]: Start } = { bare, millrace, centrifuge, 'socket.io': socketIo };

export interface Shape {
  channels: number;
  /** In each channel. */
  sockets: number;
}

/** Channels, and sockets in each. */
const shapes: Shape[] = [
  { channels: 1, sockets: 1000 },
  { channels: 50, sockets: 20 },
  { channels: 1, sockets: 5000 },
];
/** Deliveries a second at which CPU is compared. */
const compared = 40_000;

interface Sample {
  delivered: number;
  missing: number;
  cpu_us: number;
}

/** CPU of the server for each delivery of an event to a socket, all contenders in turn, round by round. */
export async function deliveries({ quick }: { quick: boolean }): Promise<object> {
  const [rounds, seconds] = quick ? [1, 2] : [3, 4];
  const found: object[] = [];
  for (const shape of quick ? shapes.slice(0, 2) : shapes)
    found.push(await deliveriesOf(shape, among(shape), rounds, seconds));
  return {
    compared_at_deliveries_a_second: compared,
    text_bytes: 200,
    frame_bytes: Buffer.byteLength(frame),
    shapes: found,
  };
}

/** What one process may open, here: the loader has all contenders' sockets at once, and the last one gives way. */
const mostSockets = 19_000;

function among({ channels, sockets }: Shape): { [name: string]: Start } {
  return Object.fromEntries(Object.entries(contenders).slice(0, Math.floor(mostSockets / (channels * sockets))));
}

const frame = eventFrame(event('channel-0', 1, 1));

/** `bare` is among the contenders: the others are compared with it. */
export async function deliveriesOf(
  { channels, sockets }: Shape,
  all: { [name: string]: Start },
  rounds: number,
  seconds: number,
) {
  const names = Array.from({ length: channels }, (_, i) => `channel-${i}`);
  const clients = Array.from({ length: channels * sockets }, (_, n) => [names[n % channels]!]);
  const running = new Map<string, { contender: Contender; open: RawSocket[] }>();
  for (const [name, start] of Object.entries(all)) {
    const contender = await start(clients);
    const open: RawSocket[] = [];
    for (let at = 0; at < clients.length; at += 100)
      open.push(...(await Promise.all(clients.slice(at, at + 100).map((own, i) => contender.connect(at + i, own)))));
    await settled(open);
    running.set(name, { contender, open });
  }
  const samples = new Map<string, Sample[]>();
  for (let turn = 0; turn <= rounds; turn++)
    for (const [name, { contender, open }] of running) {
      const sample = await measure(contender, open, names, compared / sockets, seconds);
      // The first warms up.
      if (turn > 0) samples.set(name, [...(samples.get(name) ?? []), sample]);
    }
  for (const { contender, open } of running.values()) {
    for (const socket of open) socket.destroy();
    await contender.stop();
  }
  const limit = samples.get('bare')!.map(({ cpu_us }) => cpu_us);
  return {
    channels,
    sockets_in_each: sockets,
    contenders: Object.fromEntries(
      [...samples].map(([name, all]) => {
        const ratios = all.map(({ cpu_us }, i) => cpu_us / limit[i]!);
        return [
          name,
          {
            cpu_us_a_delivery: median(all.map(({ cpu_us }) => cpu_us)),
            ratio_to_bare: median(ratios),
            least: round(Math.min(...ratios)),
            most: round(Math.max(...ratios)),
            missing: all.reduce((sum, { missing }) => sum + missing, 0),
          },
        ];
      }),
    ),
  };
}

async function measure(
  { process, order }: Contender,
  open: RawSocket[],
  channels: string[],
  rate: number,
  seconds: number,
): Promise<Sample> {
  await settled(open);
  const before = counted(open);
  const cpu = process.cpu();
  const payload = JSON.parse(frame) as object;
  await process.order({ channels: channels.length, rate, seconds, payload, ...order(channels) });
  await settled(open);
  const delivered = counted(open) - before;
  const expected = Math.floor(rate * seconds) * (open.length / channels.length);
  return { delivered, missing: expected - delivered, cpu_us: round(((process.cpu() - cpu) * 1e6) / expected) };
}

function counted(open: RawSocket[]): number {
  return open.reduce((sum, { messages }) => sum + messages, 0);
}

/** Resolves once no frame has come for half a second. */
async function settled(open: RawSocket[]): Promise<void> {
  for (let last = -1; last !== counted(open); ) {
    last = counted(open);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
