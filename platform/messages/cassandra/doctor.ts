import cassandra from 'cassandra-driver';
import { inTime } from '../../deadline.ts';
import { clockOf, type Finding, fail, look, lookDeadline_ms, ok, warn } from '../../doctor.ts';
import { knownVersion } from './schema.ts';
import { type CassandraOptions, clientOptions, reasonOf } from './session.ts';

/** What a running Cassandra says about our settings and keyspace. Changes nothing. */
export async function cassandraChecks(options: CassandraOptions): Promise<Finding[]> {
  const client = new cassandra.Client(clientOptions(options));
  try {
    await inTime(client.connect(), lookDeadline_ms);
  } catch (error) {
    // Why it did not connect is what the caller is told.
    client.shutdown().catch(() => undefined);
    return [
      fail(
        'cassandra',
        `${options.contactPoints.join(', ')}: ${reasonOf(error)}`,
        'Start its nodes, or mend MILLRACE_CASSANDRA_CONTACT_POINTS, _DATACENTER, _TLS, _CA, _USERNAME, _PASSWORD.',
      ),
    ];
  }
  const mend = 'See the node’s log, and that this user may read the system keyspaces.';
  try {
    return (
      await Promise.all([
        look('cassandra', mend, () => nodes(client)),
        look('cassandra keyspace', mend, () => keyspace(client, options)),
        look('cassandra clock', mend, () => clock(client)),
      ])
    ).flat();
  } finally {
    await inTime(client.shutdown(), lookDeadline_ms).catch(() => undefined);
  }
}

async function nodes(client: cassandra.Client): Promise<Finding[]> {
  const [local, peers] = await Promise.all([
    client.execute('SELECT release_version, schema_version FROM system.local'),
    client.execute('SELECT schema_version FROM system.peers'),
  ]);
  const own = local.rows[0]!;
  const versions = new Set([own, ...peers.rows].map((row) => String(row['schema_version'])));
  const said = `version ${own['release_version']}, ${1 + peers.rows.length} ${peers.rows.length === 0 ? 'node' : 'nodes'}`;
  if (versions.size === 1) return [ok('cassandra', said)];
  const mend = 'Wait a little and look again; `nodetool describecluster` names the nodes, a restart of one settles it.';
  return [ok('cassandra', said), fail('cassandra schema', `nodes hold ${versions.size} different schemas`, mend)];
}

async function keyspace(
  client: cassandra.Client,
  { keyspace: name, replication }: CassandraOptions,
): Promise<Finding[]> {
  const { rows } = await client.execute('SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?', [
    name,
  ]);
  if (rows.length === 0) return [ok('cassandra keyspace', `${name} is not there yet: the first start makes it`)];
  const set = rows[0]!['replication'] as { [datacenter: string]: string };
  const found: Finding[] = [];
  for (const [datacenter, copies] of Object.entries(replication))
    if (Number(set[datacenter] ?? 0) !== copies)
      found.push(
        warn(
          'cassandra keyspace',
          `${name} has ${set[datacenter] ?? 'no'} copies in ${datacenter}, MILLRACE_CASSANDRA_REPLICATION is ${copies}: reads and writes ask for as many answers as that says`,
          `Set it to what it is, or ALTER KEYSPACE ${name} and run a full repair.`,
        ),
      );
  const { rows: versions } = await client.execute(`SELECT version FROM ${name}.schema_versions`);
  const at = Math.max(0, ...versions.map((row) => row['version'] as number));
  if (at > knownVersion())
    found.push(
      fail(
        'cassandra keyspace',
        `${name} has version ${at}, and this Millrace knows up to ${knownVersion()}`,
        'Run the newer version.',
      ),
    );
  else if (at < knownVersion())
    found.push(
      warn(
        'cassandra keyspace',
        `${name} has version ${at} of ${knownVersion()}`,
        'The next start brings it up to date.',
      ),
    );
  return found.length > 0 ? found : [ok('cassandra keyspace', `${name}, version ${at}, copies as they are set`)];
}

function clock(client: cassandra.Client): Promise<Finding> {
  return clockOf('cassandra clock', async () => {
    const { rows } = await client.execute('SELECT toTimestamp(now()) AS now FROM system.local');
    return (rows[0]!['now'] as Date).getTime();
  });
}
