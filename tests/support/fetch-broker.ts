import type { FetchBroker, FetchRequest, FetchResponse } from 'kafkajs/src/cluster/index.js';

export type { FetchRequest };

/** A broker for tests that answers fetches, and nothing else. It keeps no sessions, unless its answers say so. */
export function fetchBroker(answer: (request: FetchRequest) => Promise<FetchResponse>): Partial<FetchBroker> {
  return {
    lookupRequest: () => (request) => request,
    connectionPool: { send: (request) => answer(request as FetchRequest) as Promise<never> },
  };
}
