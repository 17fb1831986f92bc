import { ratesContract } from './contract.ts';
import { MemoryRates } from './memory.ts';

ratesContract('memory', async () => {
  let now = Date.UTC(2026, 0, 1);
  const pass = (milliseconds: number): void => {
    now += milliseconds;
  };
  return { rates: new MemoryRates(() => now), pass };
});
