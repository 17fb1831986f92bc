import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Settings } from '../config/settings.ts';
import type { Directory } from '../platform/directory/port.ts';
import { messageOf } from '../platform/errors/error.ts';
import { presenceKey } from '../platform/keys.ts';
import type { Log } from '../platform/log/port.ts';
import type { MessageStore } from '../platform/messages/port.ts';
import type { Presence } from '../platform/presence/port.ts';
import type { SearchIndex } from '../platform/search/port.ts';
import { Admission } from './admission.ts';
import { Tokens } from './auth/tokens.ts';
import type { CallContext } from './calls/context.ts';
import { KnownAccess } from './calls/known-access.ts';
import { Gateway } from './gateway/gateway.ts';
import { limits, RateLimits } from './limits.ts';
import { OutboxRelay } from './outbox-relay.ts';
import { openPages } from './rest/open-pages.ts';
import { openapi } from './rest/openapi.ts';
import { routes } from './rest/routes/index.ts';
import { restServer } from './rest/server.ts';
import { asyncapi } from './socket/asyncapi.ts';
import { Hub } from './socket/hub.ts';
import { PresenceWatches } from './socket/presence-watches.ts';
import { chooseTransport } from './transport/choose.ts';
import type { HttpRequest, HttpResponse } from './transport/port.ts';

/** How long calls under way may take to end when the edge stops. */
const stopCalls_ms = 3000;

export interface EdgePorts {
  log: Log;
  store: MessageStore;
  directory: Directory;
  search: SearchIndex;
  presence: Presence;
}

export interface EdgeOptions {
  settings: Settings;
  secret: string;
  /** This process's gateway slot, and the epoch under which it holds it. */
  gateway: { slot: string; epoch: number };
  version: string;
  /** Whether the rest of the process works. */
  healthy(): boolean;
}

export interface Edge {
  port: number;
  transport: 'uws' | 'ws';
  /** Tells clients to come back, lets calls end, stops. */
  stop(): Promise<void>;
}

/** Sockets and REST of one process, on the ports that it is given. Errors: `port_in_use`. */
export async function startEdge(
  ports: EdgePorts,
  options: EdgeOptions,
  registry: Registry,
  logger: Logger,
): Promise<Edge> {
  const { settings } = options;
  const metrics = edgeMetrics(registry);
  const tokens = new Tokens({
    ...settings,
    secret: options.secret,
    jwks_url: settings.jwks_url,
    issuer: settings.jwt_issuer,
    audience: settings.jwt_audience,
  });
  const admission = new Admission(
    tokens,
    new RateLimits(settings.rate_limit === 'on'),
    ports.directory,
    settings.provisioning,
  );
  const relay = new OutboxRelay(ports.directory, ports.log, logger);

  const transportLimits = {
    http_body_bytes: limits.http_body_bytes,
    frame_bytes: limits.hard_frame_bytes,
    unsent_bytes: limits.unsent_bytes,
  };
  const calls = { underWay: 0 };
  let rest: (request: HttpRequest) => Promise<HttpResponse>;
  const transport = chooseTransport(
    settings.transport,
    {
      http: async (request) => {
        calls.underWay++;
        try {
          return await rest(request);
        } finally {
          calls.underWay--;
        }
      },
      open: (socket) => hub.open(socket),
      message: (socket, data, binary) => hub.message(socket, data, binary),
      alive: (socket) => hub.alive(socket),
      overflowed: (socket) => hub.overflowed(socket),
      closed: (socket, code) => hub.closed(socket, code),
    },
    transportLimits,
    logger,
  );
  const gateway = new Gateway(
    options.gateway.slot,
    options.gateway.epoch,
    {
      log: ports.log,
      store: ports.store,
      publish: (topic, frame) => {
        metrics.published.inc();
        transport.publish(topic, frame);
      },
      person: (event) => hub.person(event),
      presence: (change) => watches.changed(change),
      lost: (error) => {
        logger.error({ error: messageOf(error) }, 'the gateway missed records: its sockets close, and come back');
        hub.closeAll(1000);
      },
    },
    logger,
  );
  const watches = new PresenceWatches(gateway);
  ports.presence.onChange(({ workspace_id, user_id }, { status }) => {
    const value = { workspace_id, user_id, status };
    const key = presenceKey(workspace_id, user_id);
    ports.log
      .append([{ topic: 'presence_changes', key, schema: 'PresenceChanged', value }])
      .catch((error) => logger.warn({ error: messageOf(error) }, 'a change of presence was not told'));
  });
  const context: CallContext = {
    ...ports,
    gateway,
    watches,
    access: new KnownAccess(ports.directory),
    logger,
    relay: () => relay.poke(),
  };
  const hub = new Hub(
    { context, admission, traceId: () => randomUUID().replaceAll('-', '') },
    settings.egress_memory * 1024 * 1024,
  );
  metrics.watch(hub, gateway);
  const open = openPages({
    registry,
    ready: () => options.healthy(),
    descriptions: {
      '/v1/openapi.json': openapi(routes, options.version),
      '/v1/asyncapi.json': asyncapi(options.version),
    },
  });
  rest = restServer(routes, context, admission, open, (route, status, seconds) =>
    metrics.calls.observe({ route, status: String(status) }, seconds),
  );

  await gateway.start();
  relay.start();
  hub.start();
  let port: number;
  try {
    port = await transport.listen(settings.port, settings.host);
  } catch (error) {
    await Promise.all([gateway.stop(), relay.stop()]);
    throw error;
  }
  return {
    port,
    transport: transport.name,
    stop: async () => {
      transport.stopListening();
      hub.drain(5000);
      for (const until = Date.now() + stopCalls_ms; calls.underWay > 0 && Date.now() < until; ) await sleep(10);
      await relay.stop();
      await gateway.stop();
      transport.close();
    },
  };
}

function edgeMetrics(registry: Registry) {
  const registers = [registry];
  return {
    calls: new Histogram({
      name: 'millrace_http_request_seconds',
      help: 'REST calls by route and status.',
      labelNames: ['route', 'status'],
      buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 10],
      registers,
    }),
    published: new Counter({
      name: 'millrace_frames_published_total',
      help: 'Events encoded once and given to the sockets that hear them.',
      registers,
    }),
    watch: (hub: Hub, gateway: Gateway) => {
      const gauge = (name: string, help: string, read: () => number) =>
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(read());
          },
        });
      gauge('millrace_sockets', 'Open sockets.', () => hub.count);
      gauge(
        'millrace_sockets_too_slow',
        'Sockets closed since the start because they did not keep up.',
        () => hub.closedTooSlow.count,
      );
      gauge('millrace_interests', 'Channels and people that this gateway follows.', () => gateway.interestCount);
      gauge('millrace_requests_waiting', 'Commands whose answer is awaited.', () => gateway.requests.count);
    },
  };
}
