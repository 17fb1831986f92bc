import { readFileSync } from 'node:fs';
import { round } from '../statistics.ts';
import { membership } from './connections.ts';
import { bare, millrace, type Start } from './contenders.ts';
import { Loaders } from './loaders.ts';
import type { LoaderOrder } from './socket-loader.ts';

const wanted = 50_000;
const channelsEach = 20;
/** Come once the gateway is full. */
const tooMany = 300;
/** Let in before anything is measured: what the first sockets make for all is not theirs. */
const early = 500;
/** Files of a server that are no sockets. */
const otherFiles = 200;
const idle_s = 20;

/** As many sockets as one gateway may hold here: memory and CPU of each, and what those hear who come past the bound. */
export async function sockets({ quick }: { quick: boolean }): Promise<object> {
  const files = Number(/^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))![1]);
  const most = quick ? 2000 : Math.min(wanted, files - otherFiles - tooMany);
  const clients = membership(most + tooMany, channelsEach);
  return {
    ...{ wanted, open_files_of_a_process: files, sockets: most, channels_each: channelsEach },
    bare: await held('bare', bare, clients, most),
    millrace: await held('millrace', millrace, clients, most),
  };
}

async function held(name: LoaderOrder['contender'], start: Start, clients: string[][], most: number): Promise<object> {
  const contender = await start(clients, { env: { MILLRACE_SOCKETS: String(most) } });
  const { process: server } = contender;
  const loaders = await Loaders.start({ contender: name, url: server.url }, clients);
  await loaders.letIn(early);
  await sleep(5);
  const [rss, own, cpu, began] = [server.rss(), server.ownRss(), server.cpu(), performance.now()];
  const others = most - early;
  const { greeted, closed } = await loaders.letIn(others);
  const took_s = (performance.now() - began) / 1000;
  const connecting_us = (server.cpu() - cpu) * 1e6;
  await sleep(10);
  const idleFrom = server.cpu();
  await sleep(idle_s);
  const idle_us = (server.cpu() - idleFrom) * 1e6;
  const [all, allOwn] = [server.rss(), server.ownRss()];
  // Bare uWebSockets.js knows no bound.
  const past = name === 'bare' ? {} : { past_the_bound: (await loaders.letIn(tooMany)).greeted };
  await loaders.stop();
  await contender.stop();
  return {
    ...{
      greeted,
      closed,
      seconds_to_connect: round(took_s),
      cpu_us_each_to_connect: Math.round(connecting_us / others),
    },
    ...{ kib_of_rss_each: kib(all - rss, others), kib_of_own_rss_each: kib(allOwn - own, others) },
    ...{ rss_mib: Math.round(all / 2 ** 20), idle_cpu_us_a_second_each: round(idle_us / idle_s / most) },
    ...past,
  };
}

function kib(bytes: number, sockets: number): number {
  return round(bytes / 1024 / sockets);
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
