import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../ops/native/kafka/linked.sh', import.meta.url));
/** Away from those of the stack, which others may be using. This one and the two after it. */
const port = Number(process.env['BENCH_KAFKA_PORT'] ?? 29592);

/** A broker of the bench's own, on the jars that ops/native/kafka/up.sh has fetched; its data goes with it. */
export async function startBroker(): Promise<{ brokers: string; stop(): Promise<void> }> {
  const jars = process.env['KAFKA_HOME'] ?? `${process.env['XDG_CACHE_HOME'] ?? `${homedir()}/.cache`}/millrace/kafka`;
  if (!existsSync(`${jars}/lib`)) throw new Error('Kafka is not here yet: `npm run stack:up -- kafka` fetches it');
  const data = await mkdtemp(`${tmpdir()}/millrace-bench-kafka-`);
  const env = { ...process.env, LINKED_DATA: data, LINKED_PORT: `${port}`, LINKED_ADVERTISED: `${port + 1}` };
  const leave = (): void => void execFileSync(script, ['down'], { env });
  // A bench that fails must not leave its broker behind.
  process.once('exit', leave);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const stop = async (): Promise<void> => {
    process.off('exit', leave);
    await run(script, ['down'], { env });
  };
  try {
    const { stdout } = await run(script, ['up'], { env });
    return { brokers: /KAFKA_BROKERS=(\S+)/.exec(stdout)![1]!, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
