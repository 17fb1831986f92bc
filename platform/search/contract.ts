import { describe } from 'node:test';
import { documentContract } from './contract/documents.ts';
import { generationContract } from './contract/generations.ts';
import { matchContract } from './contract/matches.ts';
import { pagingContract } from './contract/paging.ts';
import type { OpenSearch } from './contract/setup.ts';

/** What every adapter of the search index must do. `open` gives an empty one each time. */
export function searchContract(name: string, open: () => Promise<OpenSearch>): void {
  describe(`search contract: ${name}`, () => {
    matchContract(open);
    documentContract(open);
    pagingContract(open);
    generationContract(open);
  });
}
