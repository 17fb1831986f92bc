/** The parts of kafkajs 2.2.4 below its consumers (docs/decisions/009): the package is pinned, and has no types for them. */
declare module 'kafkajs/src/cluster/index.js' {
  interface FetchedMessage {
    offset: string;
    timestamp: string;
    key: Buffer | null;
    value: Buffer | null;
    isControlRecord?: boolean;
  }

  export interface FetchResponse {
    /** Not of brokers older than 1.1. */
    sessionId?: number;
    errorCode?: number;
    responses: {
      topicName: string;
      partitions: { partition: number; errorCode: number; highWatermark: string; messages: FetchedMessage[] }[];
    }[];
  }

  export interface FetchRequest {
    sessionId: number;
    sessionEpoch: number;
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    isolationLevel: number;
    topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[];
    forgottenTopics: { topic: string; partitions: number[] }[];
  }

  export interface FetchBroker {
    /** The newest version of a request that both sides know. */
    lookupRequest(apiKey: number, definition: unknown): (options: FetchRequest) => unknown;
    connectionPool: { send<Response>(request: unknown): Promise<Response> };
    disconnect(): Promise<void>;
    offsetCommit(request: {
      groupId: string;
      topics: { topic: string; partitions: { partition: number; offset: string }[] }[];
    }): Promise<unknown>;
    offsetFetch(request: {
      groupId: string;
      topics: { topic: string; partitions: { partition: number }[] }[];
    }): Promise<{
      responses: { topic: string; partitions: { partition: number; offset: string }[] }[];
    }>;
  }

  export default class Cluster {
    constructor(options: { [name: string]: unknown });
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    refreshMetadata(): Promise<void>;
    addMultipleTargetTopics(topics: string[]): Promise<void>;
    findBroker(options: { nodeId: string }): Promise<FetchBroker>;
    findGroupCoordinator(options: { groupId: string }): Promise<FetchBroker>;
    findLeaderForPartitions(topic: string, partitions: number[]): { [nodeId: string]: number[] };
    fetchTopicsOffset(
      topics: { topic: string; partitions: { partition: number }[]; fromBeginning?: boolean; fromTimestamp?: number }[],
    ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
  }
}

declare module 'kafkajs/src/protocol/requests/apiKeys.js' {
  const apiKeys: { Fetch: number };
  export default apiKeys;
}

declare module 'kafkajs/src/protocol/requests/index.js' {
  export const requests: { Fetch: unknown };
}

declare module 'kafkajs/src/network/requestQueue/index.js' {
  export interface QueuedRequest {
    entry: {
      correlationId: number;
      apiName: string;
      resolve(response: unknown): void;
      reject(error: Error): void;
    };
    expectResponse: boolean;
    sendRequest(): void;
  }

  export default class RequestQueue {
    constructor(options: { [name: string]: unknown });
    pending: unknown[];
    /** Milliseconds since 1970. */
    throttledUntil: number;
    push(request: QueuedRequest): void;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
    fulfillRequest(response: { correlationId: number; payload: Buffer; size: number }): void;
    destroy(): void;
  }
}

declare module 'kafkajs/src/network/connection.js' {
  export default class Connection {
    constructor(options: { [name: string]: unknown });
    connect(): Promise<unknown>;
    disconnect(): Promise<unknown>;
    isConnected(): boolean;
    requestQueue: { fulfillRequest(response: { correlationId: number; payload: Buffer }): void };
    /** What has come of a response that is not whole yet. */
    chunks: Buffer[];
    bytesBuffered: number;
    bytesNeeded: number;
  }
}

declare module 'kafkajs/src/loggers/index.js' {
  export function createLogger(options: { level: number; logCreator: unknown }): unknown;
}

declare module 'kafkajs/src/network/socketFactory.js' {
  import type { ISocketFactory } from 'kafkajs';
  export default function socketFactory(): ISocketFactory;
}
