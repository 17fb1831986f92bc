import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { messageOf } from '../platform/errors/error.ts';
import { presenceKey } from '../platform/keys.ts';
import { newTraceId } from '../platform/tracing/context.ts';
import { publishSpan, sampledIn } from '../platform/tracing/spans.ts';
import { tracedLog } from '../platform/tracing/traced-log.ts';
import { Admission } from './admission.ts';
import { Tokens } from './auth/tokens.ts';
import type { CallContext } from './calls/context.ts';
import { KnownAccess } from './calls/known-access.ts';
import { Gateway } from './gateway/gateway.ts';
import { SlotLease } from './gateway/slot-lease.ts';
import { limits } from './limits.ts';
import { edgeMetrics } from './metrics.ts';
import type { EdgeOptions, EdgePorts } from './options.ts';
import { Placement } from './placement.ts';
import { RateLimits } from './rate-limits.ts';
import { auditRelay } from './relay/audit-relay.ts';
import { outboxRelay } from './relay/outbox-relay.ts';
import { openPages } from './rest/open-pages.ts';
import { openapi } from './rest/openapi.ts';
import { routes } from './rest/routes/index.ts';
import { restServer } from './rest/server.ts';
import { slackApi } from './slack/slack.ts';
import { asyncapi } from './socket/asyncapi.ts';
import { Hub } from './socket/hub.ts';
import { PresenceWatches } from './socket/presence-watches.ts';
import { chooseTransport } from './transport/choose.ts';
import {
  type HttpRequest,
  type HttpResponse,
  type Socket,
  type SocketHandlers,
  socketPaths,
} from './transport/port.ts';

/** After a rejoin that failed. */
const rejoin_ms = 1000;
/** How long calls under way may take to end when the edge stops. */
const stopCalls_ms = 3000;

export interface Edge {
  port: number;
  transport: 'uws' | 'ws';
  /** Tells clients to come back, lets calls end, stops. */
  stop(): Promise<void>;
}

/** Sockets and REST of one process, on the ports that it is given. Errors: `port_in_use`. */
export async function startEdge(
  given: EdgePorts,
  options: EdgeOptions,
  registry: Registry,
  logger: Logger,
): Promise<Edge> {
  const { settings } = options;
  const { tracing } = given;
  const ports = { ...given, log: tracedLog(given.log, tracing) };
  const metrics = edgeMetrics(registry);
  const { jwks_url, jwt_issuer: issuer, jwt_audience: audience } = settings;
  const tokens = new Tokens({ secret: options.secret, jwks_url, issuer, audience }, (error) =>
    logger.warn({ error: messageOf(error) }, 'the key set is not renewed: the one before it serves on'),
  );
  const admission = new Admission(
    tokens,
    new RateLimits(ports.rates, settings.rate_limit === 'on', (error) =>
      logger.warn({ error: messageOf(error) }, 'rates are not shared now: each gateway limits alone'),
    ),
    ports.directory,
    settings.provisioning,
    new Placement(settings),
  );
  const relays = [
    outboxRelay(ports.directory, ports.log, logger, settings.region !== undefined),
    auditRelay(ports.directory, ports.log, settings.audit_days, logger),
  ];

  const transportLimits = {
    http_body_bytes: limits.http_body_bytes,
    frame_bytes: limits.hard_frame_bytes,
    unsent_bytes: limits.unsent_bytes,
  };
  const calls = { underWay: 0 };
  let rest: (request: HttpRequest) => Promise<HttpResponse>;
  const transport = chooseTransport(
    settings,
    {
      http: async (request) => {
        calls.underWay++;
        try {
          return await rest(request);
        } finally {
          calls.underWay--;
        }
      },
      open: (socket, handshake) => handlersOf(socket).open(socket, handshake),
      message: (socket, data, binary) => handlersOf(socket).message(socket, data, binary),
      alive: (socket) => handlersOf(socket).alive(socket),
      overflowed: (socket) => handlersOf(socket).overflowed(socket),
      closed: (socket, code) => handlersOf(socket).closed(socket, code),
    },
    transportLimits,
    logger,
  );
  const lease = new SlotLease(ports.log, { ...options.gateway, logger }, () => rejoin());
  const gateway = new Gateway(
    lease,
    {
      log: ports.log,
      store: ports.store,
      publish: (topic, frame, event) => {
        const began = tracing.on ? performance.now() : 0;
        metrics.published.inc();
        transport.publish(topic, frame);
        slack?.sockets.publish(topic, frame, event);
        if (!event) return;
        metrics.delivered.observe(Math.max(0, Date.now() - event.time) / 1000);
        const traced = sampledIn(tracing, event);
        if (traced) tracing.record(publishSpan(tracing, traced, gateway.slot, began));
      },
      person: (event) => {
        if ('AccessEnded' in event.body) admission.forget(event);
        hub.person(event);
        slack?.sockets.person(event);
      },
      presence: (change) => watches.changed(change),
      lost: (error) => {
        logger.error({ error: messageOf(error) }, 'the gateway missed records: its sockets close, and come back');
        hub.closeAll(1000);
        slack?.sockets.closeAll();
      },
    },
    logger,
  );
  const rejoin = (): void => {
    gateway.rejoin('its lease had ended').catch((error: unknown) => {
      logger.error({ error: messageOf(error) }, 'the gateway has no slot: trying again');
      setTimeout(rejoin, rejoin_ms).unref();
    });
  };
  const watches = new PresenceWatches(gateway, metrics.presenceFrames);
  ports.presence.onChange(({ workspace_id, user_id }, { status }) => {
    const value = { workspace_id, user_id, status, region: null };
    const key = presenceKey(workspace_id, user_id);
    ports.log
      .append([{ topic: 'presence_changes', key, schema: 'PresenceChanged', value }])
      .catch((error) => logger.warn({ error: messageOf(error) }, 'a change of presence was not told'));
  });
  const context: CallContext = {
    ...ports,
    region: settings.region,
    gateway,
    watches,
    access: new KnownAccess(ports.directory, ports.store),
    logger,
    relay: () => {
      for (const relay of relays) relay.poke();
    },
    admission,
  };
  const bounds = { unsent_bytes: settings.egress_memory * 1024 * 1024, sockets: settings.sockets };
  const hub = new Hub({ context, admission, traceId: newTraceId }, bounds);
  const slack = slackApi(context, admission, settings, options.secret, registry);
  const handlersOf = ({ path }: Socket): SocketHandlers => (slack && path === socketPaths.slack ? slack.sockets : hub);
  metrics.watch(hub, gateway);
  const open = openPages({
    registry,
    ready: () => options.healthy(),
    descriptions: {
      '/v1/openapi.json': openapi(routes, options.version),
      '/v1/asyncapi.json': asyncapi(options.version),
    },
  });
  const own = restServer(routes, context, admission, open, (route, status, seconds) =>
    metrics.calls.observe({ route, status: String(status) }, seconds),
  );
  rest = (request) => slack?.http(request) ?? own(request);

  await gateway.start();
  for (const relay of relays) relay.start();
  hub.start();
  slack?.sockets.start();
  let port: number;
  try {
    port = await transport.listen(settings.port, settings.host);
  } catch (error) {
    await Promise.all([gateway.stop(), ...relays.map((relay) => relay.stop())]);
    throw error;
  }
  return {
    port,
    transport: transport.name,
    stop: async () => {
      transport.stopListening();
      hub.drain(5000);
      slack?.sockets.drain();
      for (const until = Date.now() + stopCalls_ms; calls.underWay > 0 && Date.now() < until; ) await sleep(10);
      await Promise.all(relays.map((relay) => relay.stop()));
      await gateway.stop();
      transport.close();
    },
  };
}
