import { afterEach, describe } from 'node:test';
import { channelContract } from './contract/channels.ts';
import { memberContract } from './contract/members.ts';
import type { OpenDirectory } from './contract/setup.ts';
import { userContract } from './contract/users.ts';

/** What every adapter of the directory must do. `open` gives an empty one each time. */
export function directoryContract(name: string, open: () => Promise<OpenDirectory>): void {
  describe(`directory contract: ${name}`, () => {
    // What a failed test leaves open would keep the process alive for ever. Closing again does nothing.
    const opened: OpenDirectory[] = [];
    const tracked = async (): Promise<OpenDirectory> => {
      const one = await open();
      opened.push(one);
      return one;
    };
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
    });
    userContract(tracked);
    channelContract(tracked);
    memberContract(tracked);
  });
}
