import { connect, disconnect, type LoadResult, load } from './load.ts';
import { startMillrace } from './servers.ts';

const sockets = 100;
const perChannel = 2;
/** Saturated: fewer than this part of what was asked for is acknowledged in time. */
const held = 0.97;

/** The highest rate of durable messages that is held; steps of a fifth until one isn't. Channels of two, so that deliveries don't hide the pipeline. */
export async function saturation({ quick }: { quick: boolean }): Promise<object> {
  const seconds = quick ? 2 : 5;
  const millrace = await startMillrace();
  const clients = await connect(millrace, sockets, perChannel);
  await load(millrace, clients, 1000, 3, 'warm');
  const steps: LoadResult[] = [];
  for (let rate = 2000; rate <= 40_000; rate = Math.round(rate * 1.2)) {
    const step = await load(millrace, clients, rate, seconds, `s${rate}`);
    steps.push(step);
    if (step.acknowledged_rate < rate * held) break;
  }
  disconnect(clients);
  await millrace.stop();
  const best = steps.filter((step) => step.acknowledged_rate >= step.rate * held).at(-1);
  return { sockets, members_per_channel: perChannel, text_bytes: 200, seconds, held_rate: best?.rate ?? 0, steps };
}
