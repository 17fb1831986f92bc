import { Counter, type Registry } from 'prom-client';
import type { Settings } from '../config/settings.ts';
import { noTracing, type Tracing } from '../platform/tracing/port.ts';
import { topicPrefix } from './engines/options.ts';

/** Where this process's spans go: nowhere, unless a collector is named. */
export async function openTracing(
  settings: Pick<Settings, 'otlp_url' | 'trace_sample' | 'log' | 'namespace' | 'log_generation'>,
  service: { version: string; instance: string },
  registry: Registry,
): Promise<Tracing> {
  const { otlp_url: url, trace_sample: ratio, log } = settings;
  if (url === undefined) return noTracing;
  const prefix = log === 'kafka' ? topicPrefix(settings) : '';
  const messaging = { system: log === 'kafka' ? 'kafka' : 'millrace', prefix };
  const { otlpTracing } = await import('../platform/tracing/otlp/otlp.ts');
  const tracing = otlpTracing({ url, ratio, messaging, service });
  new Counter({
    name: 'millrace_trace_spans_total',
    help: 'Spans that the collector has taken (sent), and those that found no room in the queue or that it did not take (dropped).',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      this.reset();
      const { sent, dropped } = tracing.counts();
      this.inc({ outcome: 'sent' }, sent);
      this.inc({ outcome: 'dropped' }, dropped);
    },
  });
  return tracing;
}
