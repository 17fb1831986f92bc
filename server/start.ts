import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import pino, { type Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { defaultTopologies, root } from '../config/folders.ts';
import type { Settings } from '../config/settings.ts';
import { ownSecret } from '../edge/auth/secret.ts';
import { type Edge, startEdge } from '../edge/edge.ts';
import type { Directory } from '../platform/directory/port.ts';
import { lockDataFolder } from '../platform/lmdb/lock.ts';
import { systemClock } from '../runtime/clock.ts';
import { RuntimeMetrics } from '../runtime/observer.ts';
import { exposeStatus } from '../runtime/observing/prometheus.ts';
import type { Runner } from '../runtime/runner.ts';
import { operatorToken } from './admin/operator-token.ts';
import { opsPage } from './admin/ops-page.ts';
import { type AdminServer, startAdmin } from './admin/server.ts';
import { DeadLetters } from './dead-letters/dead-letters.ts';
import { type Engines, openEngines } from './engines/engines.ts';
import { startTopologies } from './topologies.ts';

export const version = (JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }).version;

/** How long units of work may take to end when the process stops. */
const stopDeadline_ms = 5000;

export interface Running {
  url: string;
  /** Where operators reach this process, and what they show there. */
  operators: { url: string; token: string };
  transport: 'uws' | 'ws';
  secret: string;
  dataDir: string;
  engines: Engines;
  directory: Directory;
  runner: Runner;
  stop(): Promise<void>;
}

/**
 * Everything in one process, on the engines that the settings name. Errors leave nothing behind: `topology_invalid`, `port_in_use`,
 * `data_folder_in_use`, `data_folder_not_writable`.
 */
export async function startServer(settings: Settings, logger: Logger = createLogger(settings)): Promise<Running> {
  const dataDir = resolve(settings.data_dir);
  const opened: (() => Promise<unknown> | unknown)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of opened.reverse()) await close();
    opened.length = 0;
  };
  try {
    const lock = lockDataFolder(dataDir);
    opened.push(() => lock.release());
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const engines = await openEngines(settings, dataDir, logger);
    opened.push(() => engines.close());
    const { codec, log, state, units, messages, search, directory, presence } = engines;
    const slot = '0';
    const metrics = new RuntimeMetrics(registry);
    const topologies = await startTopologies(
      resolve(settings.topologies ?? defaultTopologies),
      settings,
      { log, state, units, search, clock: systemClock, codec },
      { partitions: settings.partitions, gateways: [slot] },
      metrics,
      logger,
    );
    const { runner } = topologies;
    opened.push(() => topologies.stop(stopDeadline_ms));
    exposeStatus(registry, () => runner.status());
    const secret = settings.jwt_secret ?? ownSecret(dataDir);
    const edge: Edge = await startEdge(
      { log, store: messages, directory, search, presence },
      {
        settings,
        secret,
        gateway: { slot, epoch: Date.now() },
        version,
        healthy: () => engines.whole() && runner.healthy(),
      },
      registry,
      logger,
    );
    opened.push(() => edge.stop());
    const url = `http://${settings.host ?? 'localhost'}:${edge.port}`;
    const token = settings.ops_token ?? operatorToken(dataDir);
    const deadLetters = new DeadLetters({
      log,
      codec,
      planOf: (topology) => topologies.deployments.wanted(topology)?.plan,
    });
    const admin: AdminServer = await startAdmin(
      {
        ...{ runner, topologies, taps: metrics.taps, deadLetters, log, search, store: messages, state, units },
        ...{ codec, url, logger },
      },
      { dataDir, host: settings.ops_host, port: settings.ops_port, token, page: opsPage() },
    );
    opened.push(() => admin.close());
    const operators = { url: admin.url, token };
    return {
      url,
      operators,
      transport: edge.transport,
      secret,
      dataDir,
      engines,
      directory,
      runner,
      stop: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

export function createLogger(settings: Pick<Settings, 'log_level'>): Logger {
  // pino knows how to write out an error under `err` alone: under another name it would be {}.
  const serializers = { error: (error: unknown) => (error instanceof Error ? pino.stdSerializers.err(error) : error) };
  return pino({ level: settings.log_level, base: null, serializers }, pino.destination({ dest: 2, sync: true }));
}
