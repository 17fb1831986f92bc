import pino, { type Logger } from 'pino';
import { hide } from '../config/secrets.ts';
import type { Settings } from '../config/settings.ts';

/** JSON lines on stderr, without any secret: what an engine's client puts into its errors is not ours to choose. */
export function createLogger(settings: Pick<Settings, 'log_level'>, out: Lines = stderr()): Logger {
  // pino knows how to write out an error under `err` alone: under another name it would be {}.
  const serializers = { error: (error: unknown) => (error instanceof Error ? pino.stdSerializers.err(error) : error) };
  return pino({ level: settings.log_level, base: null, serializers }, { write: (line) => void out.write(hide(line)) });
}

interface Lines {
  write(line: string): unknown;
}

function stderr(): Lines {
  return pino.destination({ dest: 2, sync: true });
}
