import { round } from '../statistics.ts';
import { connectAll, membership, quiet } from './connections.ts';
import { millrace } from './contenders.ts';

/** A crowd that comes back at once and resumes. */
export async function storms({ quick }: { quick: boolean }): Promise<object> {
  const found: object[] = [];
  for (const [sockets, channels] of quick
    ? ([[300, 20]] as const)
    : ([
        [5_000, 20],
        [5_000, 300],
      ] as const)) {
    const result = await storm(sockets, channels);
    console.error(JSON.stringify(result));
    found.push(result);
  }
  return { storms: found };
}

const eventStart = /^\{"type":"event","channel_id":"([^"]+)","rev":(\d+),/;

/** Everybody has heard all so far, is cut off, misses an event in each channel, comes back at once and resumes. */
async function storm(sockets: number, each: number): Promise<object> {
  const clients = membership(sockets, each);
  const contender = await millrace(clients);
  const names = [...new Set(clients.flat())];
  const heads = new Map<string, number>();
  const first = await connectAll(contender, clients, 0, heads);
  for (const socket of first) socket.destroy();
  await contender.process.order({ ...contender.order(names), rate: names.length * 2, seconds: 0.5 });
  await quiet();
  const [cpu, began] = [contender.process.cpu(), performance.now()];
  const caughtUp: number[] = [];
  let [missing, doubled] = [0, 0];
  const back = await connectAll(contender, clients, 0, undefined, (socket, n) => {
    const seen = new Set<string>();
    socket.textBound = 1 << 20;
    socket.onText = (text) => {
      // Its start is enough: to parse every event would make the loader the limit.
      const event = eventStart.exec(text);
      if (event) {
        if (Number(event[2]) <= heads.get(event[1]!)!) return;
        const key = `${event[1]} ${event[2]}`;
        if (seen.has(key)) doubled++;
        seen.add(key);
      }
      if (!text.startsWith('{"type":"resumed"')) return;
      caughtUp.push(performance.now() - began);
      missing += clients[n]!.filter((id) => !seen.has(`${id} ${heads.get(id)! + 1}`)).length;
      socket.onText = undefined;
    };
    const channels = Object.fromEntries(clients[n]!.map((id) => [id, heads.get(id)!]));
    socket.send(JSON.stringify({ type: 'resume', id: 'r', channels }));
  });
  for (let waited = 0; caughtUp.length < back.length && waited < 600; waited++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  const cut = back.filter(({ closed }) => closed).length;
  const cpu_s = contender.process.cpu() - cpu;
  for (const socket of back) socket.destroy();
  await contender.stop();
  const last = Math.max(...caughtUp) / 1000;
  return {
    ...{ sockets, channels_each: each, caught_up: caughtUp.length, seconds_until_the_last: round(last) },
    ...{ cpu_s: round(cpu_s), missing, doubled, cut },
  };
}
