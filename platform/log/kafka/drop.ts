import { setTimeout as sleep } from 'node:timers/promises';
import { inTime } from '../../deadline.ts';
import { deadline_ms, type KafkaSettings, openKafka, unavailable } from './connection.ts';

/** Brokers forget topics a little after they were told to. */
const patience_ms = 60_000;
const look_ms = 100;
const delete_ms = 15_000;

/** Deletes every topic of the settings' prefix, `first` before all others where it is given. Error: `unavailable`. */
export async function dropTopics(settings: KafkaSettings, first?: string): Promise<void> {
  const admin = openKafka(settings).admin();
  const there = async (): Promise<string[]> =>
    (await inTime(admin.listTopics(), deadline_ms)).filter((name) => name.startsWith(settings.prefix));
  const drop = async (topics: string[]): Promise<void> => {
    if (topics.length === 0) return;
    await inTime(admin.deleteTopics({ topics, timeout: delete_ms }), delete_ms + deadline_ms);
    for (const until = Date.now() + patience_ms; (await there()).some((name) => topics.includes(name)); ) {
      if (Date.now() > until) throw new Error('the topics are still there');
      await sleep(look_ms);
    }
  };
  try {
    await inTime(admin.connect(), deadline_ms);
    if (first !== undefined) await drop((await there()).filter((name) => name === settings.prefix + first));
    await drop(await there());
  } catch (error) {
    throw unavailable('did not delete topics', error);
  } finally {
    // The topics are gone, or the caller is told why not: how the connection ends says no more.
    await admin.disconnect().catch(() => undefined);
  }
}
