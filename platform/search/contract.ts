import { afterEach, describe } from 'node:test';
import { documentContract } from './contract/documents.ts';
import { generationContract } from './contract/generations.ts';
import { matchContract } from './contract/matches.ts';
import { pagingContract } from './contract/paging.ts';
import { rankingContract } from './contract/ranking.ts';
import type { OpenSearch } from './contract/setup.ts';

/** What every adapter of the search index must do. `open` gives an empty one each time. */
export function searchContract(name: string, open: () => Promise<OpenSearch>): void {
  describe(`search contract: ${name}`, () => {
    // What a failed test leaves open would keep the process alive for ever. Closing again does nothing.
    const opened: OpenSearch[] = [];
    const tracked = async (): Promise<OpenSearch> => {
      const one = await open();
      opened.push(one);
      return one;
    };
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
    });
    matchContract(tracked);
    rankingContract(tracked);
    documentContract(tracked);
    pagingContract(tracked);
    generationContract(tracked);
  });
}
