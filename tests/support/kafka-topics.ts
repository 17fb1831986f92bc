import { withDeadline } from '../../platform/deadline.ts';
import { messageOf } from '../../platform/errors/error.ts';
import { dropTopics } from '../../platform/log/kafka/drop.ts';

/** Brokers under the load of another suite take some seconds for a hundred partitions. */
const patience_ms = 30_000;

/**
 * Deletes the topics that a suite made, all of them by their prefix: each partition is a folder that a broker reads when it
 * starts. Never fails a test: what it can't delete is told on stderr. `brokers`: host:port, separated by commas.
 */
export async function dropTestTopics(brokers: string, prefix: string): Promise<void> {
  const settings = { brokers: brokers.split(','), client_id: 'millrace-test', prefix, replication: 1 };
  const late = () => new Error(`not done in ${patience_ms / 1000} s`);
  await withDeadline(dropTopics(settings), patience_ms, late).catch((error: unknown) => {
    console.error(`the topics ${prefix}* stay on ${brokers}: ${messageOf(error)}`);
  });
}
