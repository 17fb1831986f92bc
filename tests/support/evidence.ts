import { randomUUID } from 'node:crypto';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import kafkajs from 'kafkajs';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { MessageEvent } from '../../schemas/generated/types.ts';
import type { Indexed, Recorded } from './change-checker.ts';

/** What lies on the engines, read past Millrace, as anybody's tool would. */
export interface Evidence {
  records(): Promise<Recorded[]>;
  /** Undefined where the index is none that others can read. */
  documents: (() => Promise<Indexed[]>) | undefined;
}

const deadline_ms = 60_000;

/** By the settings of the processes that wrote it. */
export function evidenceOf(settings: { [name: string]: string }, workspace: () => string): Evidence {
  const topic = `${settings['MILLRACE_NAMESPACE']}.message_events`;
  const registry = settings['MILLRACE_SCHEMA_REGISTRY'];
  const decode = registry ? decoderOf(registry) : fileDecoder();
  const url = settings['MILLRACE_ELASTICSEARCH_URL'];
  return {
    async records() {
      const values = await readWhole(settings['MILLRACE_KAFKA_BROKERS']!.split(','), topic);
      const events = await Promise.all(
        values.map(async (bytes) => ({ bytes, event: (await decode(bytes)) as MessageEvent })),
      );
      // A cut lies among the events.
      return events
        .filter(({ event }) => event.workspace_id === workspace())
        .map(({ bytes, event }) => recorded(bytes, event));
    },
    documents: url ? () => documentsOf(url, settings['MILLRACE_NAMESPACE']!, workspace()) : undefined,
  };
}

/** By the schemas that a registry has, and nothing of ours. */
export function decoderOf(registry: string): (bytes: Buffer) => Promise<unknown> {
  const schemas = new SchemaRegistry({ host: registry });
  return (bytes) => schemas.decode(bytes);
}

/** By the schemas of the checkout. */
function fileDecoder(): (bytes: Buffer) => Promise<unknown> {
  const codec = fileCodec();
  return async (bytes) => codec.decode(bytes).value;
}

function recorded(bytes: Buffer, { channel_id, rev, body }: MessageEvent): Recorded {
  const { message } = 'MessageChanged' in body ? body.MessageChanged : {};
  return {
    channel: channel_id,
    rev: Number(rev),
    value: bytes.toString('base64'),
    message: message && { message_id: String(message.message_id), text: message.text, deleted: message.deleted },
  };
}

/** The values of all that a topic has now, by a plain consumer in a group of its own. */
export async function readWhole(brokers: string[], topic: string): Promise<Buffer[]> {
  const kafka = new kafkajs.Kafka({ brokers, clientId: 'somebody-else', logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId: `somebody-else-${randomUUID()}` });
  const values: Buffer[] = [];
  try {
    await admin.connect();
    const left = new Map<number, number>();
    for (const { partition, high, low } of await admin.fetchTopicOffsets(topic))
      if (Number(high) > Number(low)) left.set(partition, Number(high) - 1);
    if (left.size === 0) return values;
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${topic} was not read to its end in time`)), deadline_ms);
      const run = consumer.run({
        eachMessage: async ({ partition, message }) => {
          if (message.value) values.push(message.value);
          if (Number(message.offset) >= (left.get(partition) ?? Infinity)) left.delete(partition);
          if (left.size > 0) return;
          clearTimeout(timer);
          resolve();
        },
      });
      run.catch(reject);
    });
    return values;
  } finally {
    await Promise.allSettled([consumer.disconnect(), admin.disconnect()]);
  }
}

async function documentsOf(url: string, namespace: string, workspace_id: string): Promise<Indexed[]> {
  const response = await fetch(`${url}/${namespace}-serving/_search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ size: 10_000, query: { term: { workspace_id } } }),
    signal: AbortSignal.timeout(deadline_ms),
  });
  const { hits } = (await response.json()) as {
    hits: { hits: { _source: Omit<Indexed, 'channel'> & { channel_id: string } }[] };
  };
  return hits.hits.map(({ _source: { channel_id, message_id, rev, text, deleted } }) => {
    return { channel: channel_id, message_id, rev, text, deleted };
  });
}
