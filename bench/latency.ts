import { connect, disconnect, type LoadResult, load } from './load.ts';
import { startBare, startMillrace } from './servers.ts';
import { median, round } from './statistics.ts';

const sockets = 100;
const perChannel = 10;

/** Send→ack and send→receive at fixed rates, Millrace and bare uWebSockets.js in turn, round by round. */
export async function latency({ quick }: { quick: boolean }): Promise<object> {
  const rounds = quick ? 1 : 3;
  const seconds = quick ? 3 : 8;
  const millrace = await startMillrace();
  const bare = await startBare();
  const clients = {
    millrace: await connect(millrace, sockets, perChannel),
    bare: await connect(bare, sockets, perChannel),
  };
  await load(millrace, clients.millrace, 500, 3, 'warm');
  await load(bare, clients.bare, 500, 1, 'warm');
  const rates: object[] = [];
  for (const rate of [100, 1000]) {
    const found: { millrace: LoadResult; bare: LoadResult }[] = [];
    for (let round = 0; round < rounds; round++) {
      found.push({
        millrace: await load(millrace, clients.millrace, rate, seconds, `m${rate}-${round}`),
        bare: await load(bare, clients.bare, rate, seconds, `b${rate}-${round}`),
      });
    }
    const of = (pick: (result: LoadResult) => number) => {
      const own = median(found.map((pair) => pick(pair.millrace)));
      const limit = median(found.map((pair) => pick(pair.bare)));
      return { millrace: own, bare: limit, ratio: round(own / limit) };
    };
    rates.push({
      rate,
      ack_p50_ms: of((result) => result.ack_ms.p50),
      ack_p99_ms: of((result) => result.ack_ms.p99),
      receive_p50_ms: of((result) => result.receive_ms.p50),
      receive_p99_ms: of((result) => result.receive_ms.p99),
      cpu_us_per_message: of((result) => result.cpu_us_per_message),
      unacknowledged: found.reduce((sum, pair) => sum + pair.millrace.sent - pair.millrace.acknowledged, 0),
      rounds: found,
    });
  }
  disconnect([...clients.millrace, ...clients.bare]);
  await Promise.all([millrace.stop(), bare.stop()]);
  return { sockets, members_per_channel: perChannel, text_bytes: 200, seconds, rates };
}
