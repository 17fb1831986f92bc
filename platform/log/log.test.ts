import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { openEngine } from '../embedded/engine.ts';
import { fileCodec } from '../schemas/files.ts';
import { logContract, type OpenLog } from './contract.ts';
import { MemoryLog } from './memory.ts';

const codec = fileCodec();

logContract('memory', async () => {
  const log = new MemoryLog(codec);
  return { log, close: () => log.close() };
});

logContract('lmdb', async () => {
  const folder = await mkdtemp(`${tmpdir()}/millrace-log-`);
  const open = async (): Promise<OpenLog> => {
    const engine = openEngine(folder, codec);
    return {
      log: engine.log,
      reopen: async () => {
        await engine.close();
        return open();
      },
      close: async () => {
        await engine.close();
        await rm(folder, { recursive: true });
      },
    };
  };
  return open();
});
