import { schemaNames } from '../../../schemas/generated/types.ts';
import type { TopicEntry, TopicsFile } from '../format/index.ts';
import { didYouMean } from '../problem.ts';
import type { SourceFile } from '../source-file.ts';
import type { LintContext } from './context.ts';

/** topics.yaml by itself. */
export function lintTopics(file: SourceFile, topics: TopicsFile['topics']): void {
  for (const [name, entry] of Object.entries(topics)) {
    for (const [index, schema] of (entry.schemas ?? []).entries()) {
      if ((schemaNames as readonly string[]).includes(schema)) continue;
      const path = ['topics', name, 'schemas', index];
      file.report('unknown-schema', path, `there is no schemas/${schema}.avsc`, didYouMean(schema, schemaNames));
    }
    if (!entry.retention && !entry.compact) {
      file.reportKey(
        'unbounded',
        ['topics', name],
        `"${name}" keeps everything for good: say a retention, or compact: true`,
      );
    }
  }
}

/** The topics that sources, tables and sinks name. */
export function lintTopicNodes(lint: LintContext): void {
  const counts = new Map<string, TopicEntry['partitions']>();
  for (const [id, node] of lint.nodes) {
    if ('source' in node || 'table' in node) {
      const kind = 'source' in node ? 'source' : 'table';
      const { topic, schema, broadcast } = 'source' in node ? node.source : node.table;
      const entry = lint.topic(topic, ['nodes', id, kind, 'topic']);
      lint.schema(schema, entry, ['nodes', id, kind, 'schema']);
      if (!entry) continue;
      lintReadable(lint, id, kind, topic, entry, broadcast);
      if (broadcast) continue;
      counts.set(topic, entry.partitions);
      const other = [...counts].find(([, count]) => count !== entry.partitions);
      if (other) {
        const message = `${topic} has ${entry.partitions} partitions and ${other[0]} has ${other[1]}`;
        lint.file.report('partitions-differ', ['nodes', id, kind, 'topic'], message);
      }
    } else if ('sink' in node && 'topic' in node.sink) {
      const entry = lint.topic(node.sink.topic, ['nodes', id, 'sink', 'topic']);
      lint.schema(node.sink.schema, entry, ['nodes', id, 'sink', 'schema']);
      if (entry?.key && node.sink.key && node.sink.key !== entry.key && !entry.family) {
        const message = `${node.sink.topic} is keyed by ${entry.key}`;
        lint.file.report('key-mismatch', ['nodes', id, 'sink', 'key'], message, entry.key);
      }
    }
  }
}

function lintReadable(
  lint: LintContext,
  id: string,
  kind: 'source' | 'table',
  topic: string,
  entry: TopicEntry,
  broadcast: boolean | undefined,
): void {
  const path = ['nodes', id, kind, 'topic'];
  if (entry.family)
    lint.file.report('family-source', path, `${topic} is a topic for each gateway: gateways read it, no topology does`);
  if (broadcast && entry.partitions !== 1) {
    const message = `only a topic of one partition can be broadcast; ${topic} has ${entry.partitions}`;
    lint.file.report('broadcast', ['nodes', id, kind, 'broadcast'], message);
  }
  if (kind === 'table' && !entry.compact)
    lint.file.report('unbounded', path, `a table keeps the newest record of each key: ${topic} must be compact`);
}
