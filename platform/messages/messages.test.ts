import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { openEngine } from '../embedded/engine.ts';
import { fileCodec } from '../schemas/files.ts';
import { mergeRule, messagesContract, type OpenMessages } from './contract.ts';
import { lifeContract } from './life.contract.ts';
import { orderContract } from './order.contract.ts';

const codec = fileCodec();

const open = async (): Promise<OpenMessages> => {
  const folder = await mkdtemp(`${tmpdir()}/millrace-messages-`);
  const engine = openEngine(folder, codec);
  const close = async (): Promise<void> => {
    await engine.close();
    await rm(folder, { recursive: true });
  };
  return { store: engine.messages, close };
};

messagesContract('lmdb', open);
lifeContract('lmdb', open);
orderContract('lmdb', open, 100);

mergeRule();
