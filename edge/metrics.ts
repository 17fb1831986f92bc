import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Gateway } from './gateway/gateway.ts';
import type { Hub } from './socket/hub.ts';

/** What an edge tells of itself. Labels: routes, statuses and slots, of which there are few. */
export function edgeMetrics(registry: Registry) {
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
    presenceFrames: new Counter({
      name: 'millrace_presence_frames_total',
      help: 'Frames that told of a changed status: one for each change and socket that watches the person.',
      registers,
    }),
    delivered: new Histogram({
      name: 'millrace_delivery_seconds',
      help: 'From an event’s time, which is the log’s append time of its command, to its publish to the sockets of this gateway. Includes how far the clocks of the log’s broker and of this machine are apart; never below 0.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10],
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
      gauge(
        'millrace_sockets_refused',
        'Sockets sent away since the start because there were as many as may be.',
        () => hub.refused.count,
      );
      gauge('millrace_interests', 'Channels and people that this gateway follows.', () => gateway.interestCount);
      gauge('millrace_requests_waiting', 'Commands whose answer is awaited.', () => gateway.requests.count);
      gauge(
        'millrace_requests_allowed',
        'So many may wait; past it writes are refused, so that the others are answered in about a second.',
        () => gateway.requests.allowed,
      );
      new Gauge({
        name: 'millrace_gateway_slot',
        help: '1 for the slot that this gateway holds; no series while it holds none.',
        labelNames: ['slot'],
        registers,
        collect() {
          this.reset();
          if (gateway.slot !== undefined) this.set({ slot: gateway.slot }, 1);
        },
      });
    },
  };
}
