import { Type } from '@sinclair/typebox';
import { setting } from '../setting.ts';

/** Traces. */
export const tracingSettings = {
  otlp_url: setting(
    'MILLRACE_OTLP_URL',
    Type.Optional(Type.String({ pattern: '^https?://' })),
    'Collector of OpenTelemetry traces, by OTLP over HTTP: http://localhost:4318, say. Default: no traces.',
  ),
  trace_sample: setting(
    'MILLRACE_TRACE_SAMPLE',
    Type.Number({ minimum: 0, maximum: 1, default: 0.01 }),
    'With MILLRACE_OTLP_URL: the part of traces that is kept, the same for every process. A caller whose traceparent says so decides for its own.',
  ),
} as const;
