import { afterEach, describe } from 'node:test';
import { auditContract } from './contract/audit.ts';
import { channelContract } from './contract/channels.ts';
import { dataLifeContract } from './contract/data-life.ts';
import { groupContract } from './contract/groups.ts';
import { memberContract } from './contract/members.ts';
import { pushContract } from './contract/push.ts';
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
    auditContract(tracked);
    userContract(tracked);
    channelContract(tracked);
    memberContract(tracked);
    groupContract(tracked);
    pushContract(tracked);
    dataLifeContract(tracked);
  });
}
