import { openEngine } from '../../platform/embedded/engine.ts';
import type { MillraceError } from '../../platform/errors/error.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { LogEngine } from './log-engine.ts';

/** Log, states and messages in one lmdb environment. */
export function openEmbeddedLog(
  dataDir: string,
  key: Buffer | undefined,
  onFailure: (error: MillraceError) => void,
): LogEngine {
  const codec = fileCodec();
  // Nobody else could take anything over.
  const handOver = async (): Promise<void> => undefined;
  return { codec, handOver, ...openEngine(`${dataDir}/log`, codec, Date.now, { key, onFailure }) };
}
