import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { readRecords, sendCommand, startPipeline } from './support/pipeline.ts';

/** The shipped topologies without some lines of one file. */
function without(file: string, ...nodes: string[]): string {
  const folder = mkdtempSync(`${tmpdir()}/millrace-topologies-`);
  cpSync('topologies', folder, { recursive: true });
  const lines = readFileSync(`${folder}/${file}`, 'utf8').split('\n');
  const kept = lines.filter((line) => !nodes.some((node) => line.startsWith(`  ${node}:`)));
  assert.equal(kept.length, lines.length - nodes.length);
  writeFileSync(`${folder}/${file}`, kept.join('\n'));
  return folder;
}

describe('what a topology file says is all that runs', () => {
  it('without the store’s node nothing is stored, and events still flow', async () => {
    const folder = without('messages.yaml', 'rows');
    const { engine, stop } = await startPipeline(undefined, 2, folder);
    await engine.log.append([sendCommand('c', 'alice', 'hello', '1')]);
    const [event] = await readRecords(engine, 'gateway_0', 0, 1);
    assert.equal(event!.decoded().schema, 'MessageEvent');
    const { messages } = await engine.messages.history(
      { workspace_id: 'w', channel_id: 'c' },
      { newest: true, limit: 5 },
    );
    assert.deepEqual(messages, []);
    await stop();
    rmSync(folder, { recursive: true });
  });

  it('without the index file nothing is indexed, and messages are stored', async () => {
    const folder = without('topics.yaml');
    rmSync(`${folder}/index.yaml`);
    const { engine, indexed, stop } = await startPipeline(undefined, 2, folder);
    await engine.log.append([sendCommand('c', 'alice', 'hello', '1')]);
    await readRecords(engine, 'gateway_0', 0, 1);
    const { messages } = await engine.messages.history(
      { workspace_id: 'w', channel_id: 'c' },
      { newest: true, limit: 5 },
    );
    assert.equal(messages.length, 1);
    await stop();
    assert.deepEqual(indexed, []);
    rmSync(folder, { recursive: true });
  });
});
