import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { after, describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ReadCommand } from '../../schemas/generated/types.ts';
import { eventually } from '../../tests/support/eventually.ts';
import { dropTestTopics } from '../../tests/support/kafka-topics.ts';
import { killed } from '../../tests/support/killed.ts';
import { nativeEngine } from '../../tests/support/native-engine.ts';
import { MillraceError } from '../errors/error.ts';
import { fileCodec } from '../schemas/files.ts';
import { KafkaLog, type KafkaLogOptions } from './kafka.ts';

const scripts = fileURLToPath(new URL('../../ops/native/kafka/', import.meta.url));
const ofAll = `faults-${process.pid}-`;
// Before the engine is asked for, which then ends after this.
after(() => dropTestTopics(brokers!, ofAll));
const { KAFKA_BROKERS: brokers } = nativeEngine('kafka');

const home = process.env['KAFKA_HOME'] ?? `${process.env['XDG_CACHE_HOME'] ?? `${homedir()}/.cache`}/millrace/kafka`;
const brokerPid = (): number => Number(readFileSync(`${home}/run/kafka1.pid`, 'utf8'));
/** An append that is refused for so long fails the test; a broker needs half a minute to start on a busy machine. */
const givenUp_ms = 120_000;
const topic = { name: 'numbers', partitions: 1, retention_ms: 3_600_000, compact: false, volatile: false };

async function open(options?: KafkaLogOptions): Promise<KafkaLog> {
  const prefix = `${ofAll}${Date.now()}-`;
  const log = await KafkaLog.open(
    { brokers: brokers!.split(','), client_id: 'millrace-test', prefix, replication: 1 },
    fileCodec(),
    options,
  );
  await log.declare([topic]);
  return log;
}

/** Appends numbers one after the other, each until it is taken, and reads them at the same time. */
function traffic(log: KafkaLog) {
  let going = true;
  const read: number[] = [];
  let sent = 0;
  let refused = 0;
  const appending = (async () => {
    for (; going; sent++) {
      const marker = { epoch: 0, last_read_seq: sent, last_read_rev: 0, since_rev: 0 };
      const value: ReadCommand = {
        workspace_id: 'w',
        user_id: 'u',
        channel_id: 'c',
        marker,
        reply_to: null,
        region: null,
      };
      for (const until = Date.now() + givenUp_ms; ; ) {
        try {
          await log.append([{ topic: 'numbers', key: 'k', schema: 'ReadCommand', value }]);
          break;
        } catch (error) {
          assert.equal(error instanceof MillraceError && error.code, 'unavailable');
          if (Date.now() > until) throw error;
          refused++;
          await sleep(50);
        }
      }
    }
  })();
  const reader = log.reader('numbers', 0, 0);
  const reading = (async () => {
    for (;;) {
      const records = await reader.next(100);
      if (records.length === 0) return;
      read.push(...records.map((record) => (record.decoded().value as ReadCommand).marker.last_read_seq));
    }
  })();
  return {
    sent: () => sent,
    refused: () => refused,
    async stop(): Promise<number[]> {
      going = false;
      await appending;
      for (const until = Date.now() + 20_000; read.at(-1) !== sent - 1 && Date.now() < until; ) await sleep(50);
      reader.close();
      await reading;
      return read;
    },
  };
}

function check(read: number[], sent: number): void {
  // What was refused and sent again may be there twice, side by side; nothing else is doubled, lost or out of order.
  assert.deepEqual(
    read.filter((number, i) => i === 0 || read[i - 1] !== number),
    Array.from({ length: sent }, (_, i) => i),
  );
}

/** Traffic on a log of its own, which ends with the test, however that ends. */
async function busyLog(t: TestContext): Promise<ReturnType<typeof traffic>> {
  const log = await open();
  const busy = traffic(log);
  t.after(async () => {
    // A test that failed has its own error, which this one must not hide.
    await busy.stop().catch((error: unknown) => t.diagnostic(`traffic: ${error}`));
    await log.close();
  });
  return busy;
}

describe('the log on Kafka, when its broker', () => {
  it('is killed and started again: readers and writers go on, nothing acknowledged is lost or out of order', async (t) => {
    const busy = await busyLog(t);
    for (let i = 0; i < 2; i++) {
      await sleep(1000);
      await killed(brokerPid());
      await sleep(500);
      await promisify(execFile)(`${scripts}up.sh`);
      const before = busy.sent();
      await eventually(() => assert.ok(busy.sent() > before, 'appends go on'), givenUp_ms);
    }
    const read = await busy.stop();
    check(read, busy.sent());
    assert.equal(busy.refused() > 0, true, 'some were refused meanwhile');
  });

  it('stands still: appends are refused within their deadline, and go on afterwards', async (t) => {
    const busy = await busyLog(t);
    await sleep(1000);
    process.kill(brokerPid(), 'SIGSTOP');
    const at = busy.sent();
    const began = Date.now();
    for (const until = Date.now() + 20_000; busy.refused() === 0 && Date.now() < until; ) await sleep(50);
    const took = Date.now() - began;
    process.kill(brokerPid(), 'SIGCONT');
    assert.equal(busy.refused() > 0, true, 'refused');
    assert.equal(took < 9_000, true, `refused after ${took} ms`);
    for (const until = Date.now() + 30_000; busy.sent() < at + 50 && Date.now() < until; ) await sleep(50);
    assert.equal(busy.sent() >= at + 50, true, 'goes on');
    check(await busy.stop(), busy.sent());
  });

  it('stands still while a log is opened: who is patient waits for it, and is told why; who is not is refused', async (t) => {
    const pid = brokerPid();
    process.kill(pid, 'SIGSTOP');
    t.after(() => process.kill(pid, 'SIGCONT'));
    await assert.rejects(open(), { code: 'unavailable' });
    const waits: unknown[] = [];
    const opening = open({ patience_ms: 60_000, onWait: (error) => waits.push(error) });
    // Should it fail before it is awaited, it is told there.
    opening.catch(() => undefined);
    await eventually(() => assert.equal(waits.length, 1), 30_000);
    process.kill(pid, 'SIGCONT');
    const log = await opening;
    assert.deepEqual(await log.bounds('numbers', 0), { start: 0, end: 0 });
    assert.equal(waits.length, 1, 'told once');
    await log.close();
  });
});
