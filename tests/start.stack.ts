import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adminCall } from '../cli/admin-client.ts';
import type { Status } from '../cli/status/fetch.ts';
import { nativeSettings } from './support/cluster.ts';
import { testEngines } from './support/engines.ts';
import { eventually } from './support/eventually.ts';
import { workspace } from './support/person.ts';
import { Server, secret } from './support/server.ts';

/** Four processes begin on two cores. */
const startDeadline_ms = 120_000;
/** Which of two is first to make a topic or a subject is chance: once is no proof. */
const times = Number(process.env['START_TIMES'] ?? 2);

/** The sources whose lag a process tells; each of two workers runs one of two partitions. */
async function lagSources(server: Server): Promise<string[]> {
  for await (const status of adminCall(server.folder, 'GET', '/status')) {
    const text = await (await fetch(`${(status as Status).operators_url}/metrics`)).text();
    const lags = text.matchAll(/^millrace_source_lag_records\{topology="([^"]+)",source="([^"]+)"\}/gm);
    return [...lags].map(([, topology, source]) => `${topology}/${source}`);
  }
  throw new Error('no status');
}

describe('processes that start at the same moment on empty engines', () => {
  for (let time = 1; time <= times; time++)
    it(`all start, and serve (${time} of ${times})`, async () => {
      const engines = testEngines(`start-${process.pid.toString(36)}${Date.now().toString(36)}`, nativeSettings());
      const settings = { ...engines.settings, MILLRACE_JWT_SECRET: secret, MILLRACE_PARTITIONS: '2' };
      await engines.make();
      const commands = [['run'], ['run'], ['run'], ['edge']];
      const starts = await Promise.allSettled(
        commands.map((command) => Server.part(command, settings, startDeadline_ms)),
      );
      try {
        const failed = starts.flatMap((start) => (start.status === 'rejected' ? [String(start.reason)] : []));
        assert.deepEqual(failed, []);
        const servers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
        const { person } = workspace(servers[3]!);
        const a = await person('a');
        const channel = await a.makes('public', 'all', []);
        const { message_id } = await a.say(channel, 'said at once');
        assert.ok(message_id);
        // Who joined last may still be given its share.
        await eventually(async () => {
          const told = await Promise.all(servers.map(lagSources));
          assert.deepEqual(told[3], [], 'an edge runs no partition, and tells of none');
          const workers = told.slice(0, 3).flat();
          assert.equal(workers.filter((source) => source === 'messages/commands').length, 2, 'one for each partition');
        }, 60_000);
      } finally {
        await Promise.all(starts.map((start) => (start.status === 'fulfilled' ? start.value.stop() : undefined)));
        await engines.drop();
      }
    });
});
