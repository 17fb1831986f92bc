import assert from 'node:assert/strict';
import { it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { fileCodec } from '../../schemas/files.ts';
import { coldFile, readColdFile } from './file.ts';

const channel = { workspace_id: 'w', channel_id: 'c' };

it('says whose it is and how many it holds; a file that says more, as older ones do, is read', async () => {
  const codec = fileCodec();
  const file = await coldFile(channel, [], codec);
  const [magic, line] = [file.subarray(0, 4), gunzipSync(file.subarray(4)).toString()];
  assert.deepEqual(JSON.parse(line), { ...channel, count: 0 });
  const older = `${JSON.stringify({ ...channel, first_id: '1', last_id: '2', count: 0 })}\n`;
  const read = await readColdFile('older', Buffer.concat([magic, gzipSync(older)]), channel, codec);
  assert.equal(read.size, 0);
});
