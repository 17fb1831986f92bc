import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import cassandra from 'cassandra-driver';
import type { CassandraOptions } from './session.ts';

const scripts = fileURLToPath(new URL('../../../ops/native/cassandra/', import.meta.url));
const localDataCenter = 'datacenter1';

/** A node for tests, at a port and in a folder of its own, so that it may be stopped under others' eyes. */
export function startCassandra({ port = 19_142 } = {}) {
  const data = `${tmpdir()}/millrace-cassandra-test-${process.getuid?.() ?? 0}-${port}`;
  const env = { ...process.env, CASSANDRA_DATA: data, CASSANDRA_PORT: String(port), CASSANDRA_NODES: '1' };
  const printed = execFileSync(`${scripts}up.sh`, { encoding: 'utf8', env });
  const contactPoints = /CASSANDRA_CONTACT_POINTS=(\S+)/.exec(printed)![1]!.split(',');
  let keyspaces = 0;

  return {
    /** Options of a keyspace that isn't there yet, and what drops it. */
    keyspace(): { options: CassandraOptions; drop(): Promise<void> } {
      const keyspace = `millrace_test_${process.pid}_${keyspaces++}`;
      const drop = async (): Promise<void> => {
        const client = new cassandra.Client({ contactPoints, localDataCenter, socketOptions: { readTimeout: 60_000 } });
        await client.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`);
        await client.shutdown();
      };
      return { options: { contactPoints, localDataCenter, keyspace, replication: { [localDataCenter]: 1 } }, drop };
    },
    /** Holds the node up with SIGSTOP, or lets it go on. */
    signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
      process.kill(Number(readFileSync(`${data}/n1/pid`, 'utf8')), signal);
    },
    stop(): void {
      execFileSync(`${scripts}down.sh`, { env });
    },
  };
}
