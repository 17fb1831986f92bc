import { mock } from 'node:test';
import { presenceContract } from './contract.ts';
import { MemoryPresence } from './memory.ts';

presenceContract('memory', async () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setInterval', 'Date'], now: Date.UTC(2026, 0, 1) });
  return {
    presence: new MemoryPresence(),
    pass: async (milliseconds) => mock.timers.tick(milliseconds),
    now: () => Date.now(),
  };
});
