import {
  type HrTime,
  SpanKind as OtelKind,
  ROOT_CONTEXT,
  type SpanContext,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  SamplingDecision,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { decidedBefore } from '../context.ts';
import type { Span, SpanKind, Tracing } from '../port.ts';

export interface OtlpOptions {
  /** Of the collector, without /v1/traces. */
  url: string;
  /** Of traces that no caller has decided, 0 to 1. */
  ratio: number;
  messaging: Tracing['messaging'];
  /** This process, as its spans name it. */
  service: { version: string; instance: string };
  /** Spans that wait; past it new ones are dropped. */
  queue?: number;
  every_ms?: number;
}

/** How long a collector may take for a batch, tries included. */
const export_ms = 5000;
const mostInBatch = 512;

const kinds: { [Kind in SpanKind]: OtelKind } = {
  server: OtelKind.SERVER,
  producer: OtelKind.PRODUCER,
  consumer: OtelKind.CONSUMER,
};

/** Spans sent to a collector by OTLP over HTTP. One that is away costs what waits for it: up to `queue` spans. */
export function otlpTracing(options: OtlpOptions): Tracing {
  const { url, ratio, messaging, service, queue = 4096, every_ms = 1000 } = options;
  const counts = { sent: 0, dropped: 0 };
  // By the trace id alone, so that every process, and everybody else's sampler of this ratio, decides the same.
  const sampler = new TraceIdRatioBasedSampler(ratio);
  let waiting = 0;
  const exporter = counting(
    new OTLPTraceExporter({ url: `${url.replace(/\/+$/, '')}/v1/traces`, timeoutMillis: export_ms }),
    (spans, taken) => {
      waiting -= spans;
      counts[taken ? 'sent' : 'dropped'] += spans;
    },
  );
  const processor = new BatchSpanProcessor(exporter, {
    maxQueueSize: queue,
    maxExportBatchSize: Math.min(mostInBatch, queue),
    scheduledDelayMillis: every_ms,
    exportTimeoutMillis: export_ms + 1000,
  });
  const resource = resourceFromAttributes({
    'service.name': 'millrace',
    'service.version': service.version,
    'service.instance.id': service.instance,
  });
  return {
    on: true,
    messaging,
    samples: (carried) =>
      decidedBefore(carried) ??
      sampler.shouldSample(ROOT_CONTEXT, carried).decision === SamplingDecision.RECORD_AND_SAMPLED,
    record: (span) => {
      if (waiting >= queue) {
        counts.dropped++;
        return;
      }
      waiting++;
      processor.onEnd(readable(span, resource));
    },
    counts: () => ({ ...counts }),
    stop: async (deadline_ms) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, deadline_ms);
      });
      // A collector that is away keeps nobody from stopping; what it did not take is lost, as it would be in a crash.
      await Promise.race([processor.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
}

/** The processor counts a batch as gone once it has handed it on, whatever came of it. */
function counting(exporter: SpanExporter, done: (spans: number, taken: boolean) => void): SpanExporter {
  return {
    export: (spans, tell) =>
      exporter.export(spans, (result) => {
        done(spans.length, result.code === ExportResultCode.SUCCESS);
        tell(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}

function readable(span: Span, resource: Resource): ReadableSpan {
  const context: SpanContext = { traceId: span.traceId, spanId: span.spanId, traceFlags: TraceFlags.SAMPLED };
  const status = { code: span.error === undefined ? SpanStatusCode.UNSET : SpanStatusCode.ERROR };
  return {
    name: span.name,
    kind: kinds[span.kind],
    spanContext: () => context,
    ...(span.parentSpanId === undefined ? {} : { parentSpanContext: { ...context, spanId: span.parentSpanId } }),
    startTime: hrTime(span.start),
    endTime: hrTime(span.end),
    duration: hrTime(span.end - span.start),
    status,
    attributes: span.attributes,
    ...{ links: [], events: [], ended: true, resource, instrumentationScope: { name: 'millrace' } },
    ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
  };
}

function hrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)];
}
