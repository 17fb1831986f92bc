import { openEngine } from '../../platform/embedded/engine.ts';
import type { MillraceError } from '../../platform/errors/error.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { LogEngine } from './engines.ts';

/** Log, states and messages in one lmdb environment. */
export function openEmbeddedLog(dataDir: string, onFailure: (error: MillraceError) => void): LogEngine {
  const codec = fileCodec();
  return { codec, ...openEngine(`${dataDir}/log`, codec, Date.now, { onFailure }) };
}
