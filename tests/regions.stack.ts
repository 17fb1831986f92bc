import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cutProxy, freePort } from './support/cut-proxy.ts';
import { nativeEngine } from './support/native-engine.ts';
import { Server } from './support/server.ts';
import { regionsKeepTheirPromises } from './support/two-regions.ts';

// The jars of the brokers below.
nativeEngine('kafka');
const script = fileURLToPath(new URL('../ops/native/kafka/linked.sh', import.meta.url));

interface Cluster {
  brokers: string;
  /** Where the other region reads it, by way of a proxy. */
  linkPort: number;
  down(): Promise<unknown>;
}

async function cluster(region: number, proxyPort: number): Promise<Cluster> {
  const env = {
    ...process.env,
    LINKED_DATA: `${tmpdir()}/millrace-kafka-region-${region}`,
    LINKED_PORT: String(19_600 + 10 * region),
    LINKED_ADVERTISED: String(proxyPort),
  };
  const run = (what: string) => promisify(execFile)(script, [what], { env });
  const { stdout } = await run('up');
  const told = (name: string): string => new RegExp(`^${name}=(\\S+)$`, 'm').exec(stdout)![1]!;
  return { brokers: told('KAFKA_BROKERS'), linkPort: Number(told('KAFKA_LINK_PORT')), down: () => run('down') };
}

/** A cluster each; all but the log is embedded. */
regionsKeepTheirPromises('two regions on two Kafka clusters', async () => {
  const proxyPorts = [await freePort(), await freePort()];
  const clusters = await Promise.all(proxyPorts.map((port, i) => cluster(i + 1, port)));
  const links = await Promise.all(clusters.map(({ linkPort }, i) => cutProxy({ port: linkPort }, proxyPorts[i])));
  const settings = (region: number) => ({
    MILLRACE_REGION: String(region),
    MILLRACE_PEERS: `${3 - region}=kafka://127.0.0.1:${links[2 - region]!.port}`,
    MILLRACE_LOG: 'kafka',
    MILLRACE_KAFKA_BROKERS: clusters[region - 1]!.brokers,
    MILLRACE_NAMESPACE: 'regions',
    MILLRACE_PARTITIONS: region === 1 ? '4' : '3',
  });
  const [one, two] = await Promise.all([Server.start(settings(1)), Server.start(settings(2))]);
  const stop = async () => {
    for (const link of links) link.close();
    await Promise.all([one.stop(), two.stop()]);
    await Promise.all(clusters.map(({ down }) => down()));
  };
  return { one, two, links, stop };
});
