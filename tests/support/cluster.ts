import { testEngines } from './engines.ts';
import { nativeEngine } from './native-engine.ts';
import type { Front } from './server.ts';
import { Server, secret } from './server.ts';

/** Settings of all the engines that run natively on this machine, which brings them up. */
export function nativeSettings(): string {
  const kafka = nativeEngine('kafka');
  return [
    'MILLRACE_LOG=kafka',
    `MILLRACE_KAFKA_BROKERS=${kafka['KAFKA_BROKERS']}`,
    `MILLRACE_SCHEMA_REGISTRY=${kafka['SCHEMA_REGISTRY_URL']}`,
    'MILLRACE_STORE=cassandra',
    `MILLRACE_CASSANDRA_CONTACT_POINTS=${nativeEngine('cassandra')['CASSANDRA_CONTACT_POINTS']}`,
    'MILLRACE_SEARCH=elasticsearch',
    `MILLRACE_ELASTICSEARCH_URL=${nativeEngine('elasticsearch')['ELASTICSEARCH_URL']}`,
    'MILLRACE_DIRECTORY=postgres',
    `MILLRACE_POSTGRES_URL=${nativeEngine('postgres')['PG_URL']}`,
    'MILLRACE_PRESENCE=redis',
    `MILLRACE_REDIS_URL=${nativeEngine('redis')['REDIS_URL']}`,
  ].join(' ');
}

/** Several processes of Millrace on the same engines: gateways and workers. */
export class Cluster {
  private turn = 0;

  private constructor(
    readonly edges: Server[],
    readonly workers: Server[],
    readonly settings: { [name: string]: string },
    private readonly drop: () => Promise<void>,
  ) {}

  static async start(
    { edges, workers }: { edges: number; workers: number },
    engines: string,
    env: { [name: string]: string } = {},
  ): Promise<Cluster> {
    const own = testEngines(`cluster-${process.pid.toString(36)}${Date.now().toString(36)}`, engines);
    const settings = { ...own.settings, MILLRACE_JWT_SECRET: secret, MILLRACE_GATEWAYS: String(edges), ...env };
    await own.make();
    const cluster = new Cluster([], [], settings, () => own.drop());
    try {
      // One after the other: two cores.
      for (let i = 0; i < workers; i++) await cluster.addWorker();
      for (let i = 0; i < edges; i++) cluster.edges.push(await Server.part(['edge'], settings));
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  async addWorker(): Promise<Server> {
    const worker = await Server.part(['run'], this.settings);
    this.workers.push(worker);
    return worker;
  }

  /** Clients go to one gateway after the other. */
  get front(): Front {
    const next = (): Server => this.edges[this.turn++ % this.edges.length]!;
    return {
      get url() {
        return next().url;
      },
      get socketUrl() {
        return next().socketUrl;
      },
    };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.edges, ...this.workers].map((server) => server.stop()));
    await this.drop();
  }
}
