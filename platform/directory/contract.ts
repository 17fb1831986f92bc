import { describe } from 'node:test';
import { channelContract } from './contract/channels.ts';
import { memberContract } from './contract/members.ts';
import type { OpenDirectory } from './contract/setup.ts';
import { userContract } from './contract/users.ts';

/** What every adapter of the directory must do. `open` gives an empty one each time. */
export function directoryContract(name: string, open: () => Promise<OpenDirectory>): void {
  describe(`directory contract: ${name}`, () => {
    userContract(open);
    channelContract(open);
    memberContract(open);
  });
}
