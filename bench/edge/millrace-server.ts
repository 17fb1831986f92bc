// A whole Millrace, whose gateway is given events as fan-out gives them: what they cost from there to the sockets.
import { createInterface } from 'node:readline';
import { parseSettings } from '../../config/parse.ts';
import type { Append } from '../../platform/log/port.ts';
import type { MessageChanged, MessageEvent } from '../../schemas/generated/types.ts';
import { startServer } from '../../server/start.ts';
import { event } from '../event.ts';
import { paced } from './paced.ts';

const running = await startServer(parseSettings(process.env));
const { log, messages } = running.engines;
console.log(JSON.stringify({ url: running.edge!.url }));
/** Made once: what making an event costs is not the gateway's. */
const made = { ...event('', 1, 1), workspace_id: 'bench' };
const { MessageChanged: change } = made.body as { MessageChanged: MessageChanged };

function eventAt(channel_id: string, rev: number): MessageEvent {
  const message = { ...change.message, seq: rev, rev };
  return { ...made, channel_id, rev, seq: rev, body: { MessageChanged: { ...change, message } } };
}

/** By channel: the rev that came last. */
const revs = new Map<string, number>();

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { ids, rate, seconds } = JSON.parse(line) as { ids: string[]; rate: number; seconds: number };
  for (const channel_id of ids)
    if (!revs.has(channel_id)) revs.set(channel_id, (await messages.head({ workspace_id: 'bench', channel_id })).rev);
  let waiting: Append[] = [];
  await paced(rate, seconds, (n) => {
    const id = ids[n % ids.length]!;
    const rev = revs.get(id)! + 1;
    revs.set(id, rev);
    const append: Append = { topic: 'gateway_0', key: '0', schema: 'MessageEvent', value: eventAt(id, rev) };
    if (waiting.push(append) > 1) return;
    // What comes in one turn goes together, as it does behind fan-out.
    queueMicrotask(() => {
      const some = waiting;
      waiting = [];
      void log.append(some);
    });
  });
  console.log('{"done":true}');
});
process.on('SIGTERM', () => void running.stop().then(() => process.exit(0)));
