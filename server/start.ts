import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { defaultTopologies, root } from '../config/folders.ts';
import type { Settings } from '../config/settings.ts';
import { ownSecret } from '../edge/auth/secret.ts';
import { startEdge } from '../edge/edge.ts';
import { MillraceError } from '../platform/errors/error.ts';
import { lockDataFolder } from '../platform/lmdb/lock.ts';
import { asOfFolder } from '../platform/lmdb/not-writable.ts';
import { refuseFullDisk } from '../platform/lmdb/space.ts';
import type { Tracing } from '../platform/tracing/port.ts';
import { systemClock } from '../runtime/clock.ts';
import { exposeStatus } from '../runtime/observing/prometheus.ts';
import { RuntimeMetrics } from '../runtime/observing/runtime-metrics.ts';
import { measuredHere } from '../runtime/observing/status.ts';
import type { Runner } from '../runtime/runner.ts';
import { operatorToken } from './admin/operator-token.ts';
import { opsPage } from './admin/ops-page.ts';
import { exposeReady, probes } from './admin/probes.ts';
import { startAdmin } from './admin/server.ts';
import { openArchiver } from './archive/archiver.ts';
import { DeadLetters } from './dead-letters/dead-letters.ts';
import { type Engines, openEngines } from './engines/engines.ts';
import { Sweeper } from './life/sweeper.ts';
import { createLogger } from './logger.ts';
import { processName } from './process-name.ts';
import { openPush } from './push.ts';
import { openRegions, regionsOf } from './regions/regions.ts';
import { regionReads } from './regions/serve.ts';
import { everything, type Roles, refuseRoles } from './roles.ts';
import { startTopologies, type Topologies } from './topologies.ts';
import { openTracing } from './tracing.ts';

const version = (JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }).version;

/** How long units of work may take to end when the process stops. */
const stopDeadline_ms = 5000;

/** How long the collector of traces may take for the last of them. */
const traceDeadline_ms = 2000;

/** Where clients reach a process, and with what. */
export interface Serving {
  url: string;
  transport: 'uws' | 'ws';
  /** Key of HS256 tokens. */
  secret: string;
}

export interface Running {
  /** Undefined in a process that only runs topologies. */
  edge: Serving | undefined;
  /** Where operators reach this process, and what they show there. */
  operators: { url: string; token: string };
  dataDir: string;
  engines: Engines;
  topologies: Topologies;
  runner: Runner;
  stop(): Promise<void>;
}

/**
 * One process, in its roles, on the engines that the settings name. Errors leave nothing behind: `config_invalid` for a role
 * that these engines can't have, `topology_invalid`, `port_in_use`, `data_folder_in_use`, `data_folder_not_writable`.
 */
export async function startServer(
  settings: Settings,
  roles: Roles = everything,
  logger: Logger = createLogger(settings),
): Promise<Running> {
  refuseRoles(settings, roles);
  const dataDir = resolve(settings.data_dir);
  const opened: (() => Promise<unknown> | unknown)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    const lock = lockDataFolder(dataDir);
    opened.push(() => lock.release());
    if (settings.log === 'embedded') refuseFullDisk(dataDir);
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const tracing = await openTracing(settings, { version, instance: processName(dataDir) }, registry);
    // Last of all, so that what ends with the process is told, too.
    opened.push(() => tracing.stop(traceDeadline_ms));
    const engines = await openEngines(settings, dataDir, logger, tracing);
    opened.push(() => engines.close());
    const { codec, log, state, units, messages, search } = engines;
    const push = await openPush(settings, engines, registry, logger);
    opened.push(() => push.close());
    const gateway = { slots: slotsOf(settings), holder: processName(dataDir) };
    const metrics = new RuntimeMetrics(registry);
    const topologies = await startTopologies(
      resolve(settings.topologies ?? defaultTopologies),
      settings,
      { log, state, units, search, push: push.work, clock: systemClock, codec, tracing },
      { partitions: settings.partitions, gateways: gateway.slots },
      {
        worker: gateway.holder,
        host: `${hostname()}/${process.pid}`,
        runs: (name) => roles.runs === 'all' || roles.runs.includes(name),
        deploys: roles.runs === 'all' || roles.runs.length > 0,
        shares: settings.log === 'kafka',
        handOver: () => engines.handOver(),
      },
      metrics,
      logger,
    );
    const { runner } = topologies;
    opened.push(() => topologies.stop(stopDeadline_ms));
    refuseUnknown(roles, topologies);
    const measuredPorts = { log, state, units, search, codec, clock: systemClock };
    exposeStatus(registry, () =>
      measuredHere(runner.partitions(), (name) => topologies.deployments.wanted(name), measuredPorts),
    );
    const healthy = (): boolean => engines.whole() && runner.healthy();
    exposeReady(registry, healthy);
    // Of several workers, the one that holds the first partition.
    const leads = (): boolean =>
      runner.partitions().some(({ topology, partition }) => topology === 'messages' && partition === 0);
    const regions = await openRegions(settings, engines, leads, registry, logger);
    const presence = regions?.presence ?? engines.presence;
    const edge = roles.edge
      ? await serve(settings, dataDir, { ...engines, presence, tracing }, { gateway, healthy }, registry, logger)
      : undefined;
    if (edge) opened.push(edge.stop);
    if (regions) {
      regions.start();
      opened.push(() => regions.end());
    }
    const archiver = openArchiver(settings, engines, leads, registry, logger);
    opened.push(() => archiver?.stop());
    const { tiered, objects, directory } = engines;
    const tier = tiered && { hot: tiered.hot, objects, codec };
    const sweeper = new Sweeper(
      { directory, store: messages, search, log, tier, now: Date.now },
      leads,
      registry,
      logger,
    );
    if (roles.runs === 'all' || roles.runs.length > 0) sweeper.start(settings.sweep_minutes * 60_000);
    opened.push(() => sweeper.stop());
    const token = settings.ops_token ?? operatorToken(dataDir);
    const deadLetters = new DeadLetters({
      log,
      codec,
      planOf: (topology) => topologies.deployments.wanted(topology)?.plan,
    });
    const admin = await startAdmin(
      {
        ...{ runner, topologies, taps: metrics.taps, deadLetters, log, search, store: messages, state, units },
        ...{ directory: engines.directory, archiver, sweeper, codec, url: edge?.url, logger },
        regions: regionsOf(settings),
      },
      {
        ...{ dataDir, host: settings.ops_host, port: settings.ops_port, token },
        open: [probes(registry, healthy), opsPage()],
        regions: settings.region_token === undefined ? undefined : regionReads(log, settings.region_token),
      },
    );
    opened.push(() => admin.close());
    return { edge, operators: { url: admin.url, token }, dataDir, engines, topologies, runner, stop: closeAll };
  } catch (error) {
    await closeAll();
    throw asOfFolder(dataDir, error);
  }
}

async function serve(
  settings: Settings,
  dataDir: string,
  { log, messages: store, directory, search, presence, rates, tracing }: Engines & { tracing: Tracing },
  part: { gateway: { slots: string[]; holder: string }; healthy(): boolean },
  registry: Registry,
  logger: Logger,
): Promise<Serving & { stop(): Promise<void> }> {
  const secret = settings.jwt_secret ?? ownSecret(dataDir);
  const ports = { log, store, directory, search, presence, rates, tracing };
  const edge = await startEdge(ports, { settings, secret, version, ...part }, registry, logger);
  const scheme = settings.tls_cert === undefined ? 'http' : 'https';
  const url = `${scheme}://${settings.host ?? 'localhost'}:${edge.port}`;
  return { url, transport: edge.transport, secret, stop: () => edge.stop() };
}

function slotsOf({ gateways }: Settings): string[] {
  return Array.from({ length: gateways }, (_, slot) => String(slot));
}

/** A name that no deployment has is a slip of the hand: nothing would ever run. */
function refuseUnknown({ runs }: Roles, { deployments }: Topologies): void {
  const known = deployments.current?.topologies.map(({ topology }) => topology) ?? [];
  const unknown = runs === 'all' ? [] : runs.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new MillraceError(
      'not_found',
      `no topology ${unknown.join(', ')} is deployed: there are ${known.join(', ')}`,
    );
}
