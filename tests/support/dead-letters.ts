import { mkdirSync } from 'node:fs';
import { openEngine } from '../../platform/embedded/engine.ts';
import { personKey } from '../../platform/keys.ts';
import type { Append } from '../../platform/log/port.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { DeadLetter, ReadCommand } from '../../schemas/generated/types.ts';

const codec = fileCodec();

/** What a person reads in channel `general`, as a record's bytes. */
export function readCommand(user: string, seq: number): Buffer {
  const value: ReadCommand = {
    workspace_id: 'demo',
    user_id: user,
    channel_id: 'general',
    marker: { epoch: 0, last_read_seq: seq, last_read_rev: seq, since_rev: 0 },
    reply_to: null,
    region: null,
  };
  return codec.encode('ReadCommand', value);
}

/** A dead letter of the read markers, of alice's read up to message 1 unless something else is said. */
export function letterOf(change: Partial<DeadLetter> = {}): Append {
  const value: DeadLetter = {
    topology: 'read-markers',
    node: 'moved',
    source: 'reads',
    topic: 'read_commands',
    partition: 0,
    offset: 0,
    key: personKey('demo', 'alice'),
    value: readCommand('alice', 1),
    time: Date.now(),
    attempts: 21,
    code: 'internal',
    cause: 'the store is down',
    trace_id: 'trace-alice-1',
    ...change,
  };
  return { topic: 'dead_letters', key: value.key, schema: 'DeadLetter', value };
}

/** A data folder with dead letters, numbered from 0. */
export async function scratchWith(folder: string, letters: Append[]): Promise<void> {
  mkdirSync(`${folder}/log`, { recursive: true });
  const engine = openEngine(`${folder}/log`, codec);
  const days = 24 * 3600 * 1000;
  const topic = { name: 'dead_letters', partitions: 1, retention_ms: 14 * days, compact: false, volatile: false };
  await engine.log.declare([topic]);
  await engine.log.append(letters);
  await engine.close();
}

/** A data folder with two dead letters: 0 can be read, 1 has no schema that is known here. */
export function scratchWithDeadLetters(folder: string): Promise<void> {
  const broken = {
    offset: 1,
    value: Buffer.from('00ffffffff', 'hex'),
    code: 'schema_unknown',
    cause: 'no schema here',
  };
  return scratchWith(folder, [letterOf(), letterOf({ ...broken, key: personKey('demo', 'bob'), trace_id: '' })]);
}
