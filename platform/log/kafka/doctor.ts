import kafkajs, { type Admin } from 'kafkajs';
import { inTime } from '../../deadline.ts';
import { type Finding, fail, look, lookDeadline_ms, ok, warn } from '../../doctor.ts';
import { messageOf } from '../../errors/error.ts';
import type { TopicSpec } from '../port.ts';
import { type KafkaSettings, openKafka } from './connection.ts';
import { configOf, fewestCopies } from './topics.ts';

/** What a running Kafka says about our settings and topics. Changes nothing. */
export async function kafkaChecks(settings: KafkaSettings, specs: TopicSpec[]): Promise<Finding[]> {
  const admin = openKafka(settings).admin();
  try {
    await inTime(admin.connect(), lookDeadline_ms);
  } catch (error) {
    // The failure is told below; that its connections can’t be put away neatly either says no more.
    admin.disconnect().catch(() => undefined);
    return [
      fail(
        'kafka',
        `${settings.brokers.join(', ')}: ${messageOf(error)}`,
        'Start the brokers, or mend MILLRACE_KAFKA_BROKERS, _TLS, _CA, _SASL, _USERNAME, _PASSWORD.',
      ),
    ];
  }
  const mend = 'See the brokers’ logs, and that this user may describe the cluster and its topics.';
  try {
    return (
      await Promise.all([
        look('kafka brokers', mend, () => brokers(admin, settings)),
        look('kafka topics', mend, () => topics(admin, settings, specs)),
      ])
    ).flat();
  } finally {
    // What was found out stands, however the connection ends.
    await inTime(admin.disconnect(), lookDeadline_ms).catch(() => undefined);
  }
}

async function brokers(admin: Admin, { replication }: KafkaSettings): Promise<Finding[]> {
  const { brokers: known } = await admin.describeCluster();
  const [name, count] = ['kafka brokers', known.length === 1 ? '1 broker answers' : `${known.length} brokers answer`];
  const found: Finding[] = [];
  if (known.length < replication)
    found.push(
      fail(
        name,
        `${count}, fewer than the ${replication} copies that each topic is to have`,
        'Start more brokers, or lower MILLRACE_KAFKA_REPLICATION.',
      ),
    );
  else if (replication === 1 && known.length >= 3)
    found.push(
      warn(
        name,
        `${count}, and topics are made with one copy: a broker’s disk that is lost takes messages along`,
        'Set MILLRACE_KAFKA_REPLICATION=3 before the first start; later: kafka-reassign-partitions.',
      ),
    );
  else found.push(ok(name, `${count}, ${replication} ${replication === 1 ? 'copy' : 'copies'} of each topic`));
  return found;
}

async function topics(admin: Admin, { prefix, replication }: KafkaSettings, specs: TopicSpec[]): Promise<Finding[]> {
  const known = new Set(await admin.listTopics());
  const there = specs.filter((spec) => known.has(prefix + spec.name));
  const name = 'kafka topics';
  if (there.length === 0) return [ok(name, `none of ${specs.length} is there yet: the first start makes them`)];
  const found: Finding[] = [];
  const missing = specs.filter((spec) => !known.has(prefix + spec.name)).map((spec) => prefix + spec.name);
  if (missing.length > 0)
    found.push(warn(name, `not there: ${missing.join(', ')}`, 'The next start or deploy makes them.'));
  const [{ topics: metadata }, { resources }] = await Promise.all([
    admin.fetchTopicMetadata({ topics: there.map((spec) => prefix + spec.name) }),
    admin.describeConfigs({
      includeSynonyms: false,
      resources: there.map((spec) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name: prefix + spec.name })),
    }),
  ]);
  for (const spec of there) {
    const topic = prefix + spec.name;
    const partitions = metadata.find((one) => one.name === topic)?.partitions ?? [];
    const entries = resources.find(({ resourceName }) => resourceName === topic)?.configEntries ?? [];
    found.push(
      ...countsOf(topic, partitions, spec, replication),
      ...differences(topic, entries, configOf(spec, fewestCopies(partitions))),
    );
  }
  return found.some(({ state }) => state !== 'ok') ? found : [ok(name, `${there.length}, each as it is declared`)];
}

interface Partition {
  leader: number;
  replicas: number[];
  isr: number[];
}

function countsOf(topic: string, partitions: Partition[], spec: TopicSpec, replication: number): Finding[] {
  const found: Finding[] = [];
  const name = `kafka topic ${topic}`;
  if (partitions.length !== spec.partitions)
    found.push(
      fail(
        name,
        `has ${partitions.length} partitions, ${spec.partitions} are declared: a count is final`,
        'Set MILLRACE_PARTITIONS (with MILLRACE_LOG_GENERATION) or MILLRACE_GATEWAYS to what it was, or use another MILLRACE_NAMESPACE. More partitions: docs/runbooks/grow-partitions.md.',
      ),
    );
  const leaderless = partitions.filter(({ leader }) => leader < 0).length;
  if (leaderless > 0)
    found.push(fail(name, `${leaderless} partitions have no leader`, 'Start the brokers that hold them.'));
  const behind = partitions.filter(({ isr, replicas }) => isr.length < replicas.length).length;
  if (behind > 0)
    found.push(warn(name, `${behind} partitions have copies that are behind`, 'Look at the brokers that hold them.'));
  const fewest = fewestCopies(partitions);
  if (fewest < replication)
    found.push(
      warn(
        name,
        `has ${fewest} of ${replication} copies`,
        'Give it more by kafka-reassign-partitions, or lower MILLRACE_KAFKA_REPLICATION.',
      ),
    );
  return found;
}

function differences(
  topic: string,
  entries: { configName: string; configValue: string }[],
  declared: { [config: string]: string },
): Finding[] {
  const set = new Map(entries.map(({ configName, configValue }) => [configName, configValue]));
  return Object.entries(declared)
    .filter(([config, value]) => set.get(config) !== value)
    .map(([config, value]) =>
      fail(
        `kafka topic ${topic}`,
        `${config} is ${set.get(config) ?? 'not told'}, ${value} is declared`,
        'The next start or deploy sets it; see that nothing else manages this topic.',
      ),
    );
}
