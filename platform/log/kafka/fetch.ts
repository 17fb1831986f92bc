import type { FetchBroker, FetchResponse } from 'kafkajs/src/cluster/index.js';
import apiKeys from 'kafkajs/src/protocol/requests/apiKeys.js';
import { requests } from 'kafkajs/src/protocol/requests/index.js';
import type { Named, SessionRequest } from './fetch-session.ts';

const partitionBytes = 1024 * 1024;
const fetchBytes = 8 * 1024 * 1024;

/** Of no session. */
export function alone(named: Named[]): SessionRequest {
  return { sessionId: 0, sessionEpoch: -1, named, forgotten: [] };
}

/**
 * One fetch of committed records, which a broker answers after so long at the latest. kafkajs's own knows no sessions; what it speaks
 * does. Error: the broker's about a partition, or about the connection.
 */
export async function fetch(
  broker: FetchBroker,
  { sessionId, sessionEpoch, named, forgotten }: SessionRequest,
  maxWaitTime: number,
): Promise<FetchResponse> {
  const request = broker.lookupRequest(
    apiKeys.Fetch,
    requests.Fetch,
  )({
    ...{ sessionId, sessionEpoch, maxWaitTime, minBytes: 1, maxBytes: fetchBytes, isolationLevel: 1 },
    topics: byTopic(named, ({ partition, offset }) => ({
      ...{ partition, fetchOffset: String(offset), maxBytes: partitionBytes },
    })),
    forgottenTopics: byTopic(forgotten, ({ partition }) => partition),
  });
  try {
    return await broker.connectionPool.send<FetchResponse>(request);
  } catch (error) {
    // As kafkajs does: the next one connects anew.
    if ((error as Error).name === 'KafkaJSConnectionClosedError') await broker.disconnect();
    throw error;
  }
}

function byTopic<Partition>(
  all: Named[],
  of: (named: Named) => Partition,
): { topic: string; partitions: Partition[] }[] {
  const topics = new Map<string, Partition[]>();
  for (const named of all) {
    const list = topics.get(named.topic);
    if (list) list.push(of(named));
    else topics.set(named.topic, [of(named)]);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
