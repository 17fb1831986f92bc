import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileCodec } from '../platform/schemas/files.ts';
import type { MessageCommand } from '../schemas/generated/types.ts';
import { event } from './event.ts';
import { fillSearch, fillStore } from './fill.ts';

const channels = 100;

/** What a message with 200 bytes of text takes: on the log as records, and on disk in the embedded store and index. */
export async function sizes({ quick }: { quick: boolean }): Promise<object> {
  const messages = quick ? 5000 : 50_000;
  const codec = fileCodec();
  const body = { text: 'x'.repeat(200), client_msg_id: 'client-1000000', root: null };
  const command: MessageCommand = {
    ...{ workspace_id: 'acme', channel_id: 'c10', actor_id: 'alice', trace_id: '' },
    reply_to: { gateway: '0', epoch: 1, request: 1000 },
    carried: null,
    home: null,
    body: { SendMessage: { ...body, mentions: [], mentions_channel: false, mentions_here: [] } },
  };
  const folder = await mkdtemp(`${tmpdir()}/millrace-bench-`);
  await fillStore(folder, messages, channels);
  await fillSearch(folder, messages, channels);
  const found = {
    messages,
    command_bytes: codec.encode('MessageCommand', command).length,
    event_bytes: codec.encode('MessageEvent', event('c10', 1000, 1000)).length,
    store_bytes: Math.round(bytesIn(`${folder}/log`) / messages),
    index_bytes: Math.round(bytesIn(`${folder}/search`) / messages),
  };
  await rm(folder, { recursive: true });
  return found;
}

/** As the disk has it: lmdb's file is larger than what is in it. */
function bytesIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(`${parentPath}/${name}`).blocks * 512, 0);
}
