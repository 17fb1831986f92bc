import { avroFields } from '../../../schemas/load.ts';
import { joinsOf, type KeyName } from '../format/index.ts';
import type { LintContext } from './context.ts';

/** The fields of a record from which each key is made (runtime/key-of.ts): one of the lists must be there. */
const keyFields: { [Name in KeyName]: readonly (readonly string[])[] } = {
  channel: [['workspace_id', 'channel_id']],
  person: [['workspace_id', 'user_id']],
  presence: [['workspace_id', 'user_id']],
  address: [['address']],
  gateway: [['reply_to'], ['gateway']],
};

/** Whether records still have, and lie by, the key that a node needs. */
export function lintKeys(lint: LintContext): void {
  for (const [id, node] of lint.nodes) {
    if ('processor' in node && node.key) lintOrder(lint, id, node.key);
    if ('sink' in node && 'topic' in node.sink && node.sink.key) lintFields(lint, id, node.sink.schema, node.sink.key);
    for (const [name, { table }] of joinsOf(node)) lintCopartition(lint, id, name, table);
  }
}

/** A node is ordered by a key only where all records of that key come by one partition. */
function lintOrder(lint: LintContext, id: string, key: KeyName): void {
  for (const found of partitionKeys(lint, id)) {
    if (found === key || (key === 'address' && isAddress(found))) continue;
    const message = `the records that reach "${id}" lie in partitions by ${found}, so one ${key}'s come in no one order`;
    lint.file.report('key-lost', ['nodes', id, 'key'], message, found);
  }
}

function lintFields(lint: LintContext, id: string, schema: string, key: KeyName): void {
  const fields = avroFields(schema);
  if (!fields || keyFields[key].some((names) => names.every((name) => fields.includes(name)))) return;
  const wanted = keyFields[key].map((names) => names.join(' and ')).join(', or ');
  lint.file.report('key-lost', ['nodes', id, 'sink', 'key'], `key: ${key} needs ${wanted}, which ${schema} lacks`);
}

function lintCopartition(lint: LintContext, id: string, name: string, table: string): void {
  const node = lint.node(table);
  if (!node || !('table' in node) || node.table.broadcast) return;
  const entry = lint.known.topics[node.table.topic];
  if (!entry) return;
  for (const found of partitionKeys(lint, id)) {
    if (entry.key === undefined || found === entry.key) continue;
    const message = `${node.table.topic} lies in partitions by ${entry.key}, and what reaches "${id}" by ${found}`;
    lint.file.report('join-partition', ['nodes', id, 'join', name, 'table'], message);
  }
}

/** The keys by which the topics are partitioned from which a node's records come; broadcast ones reach every task. */
function partitionKeys(lint: LintContext, id: string): Set<KeyName> {
  const keys = new Set<KeyName>();
  for (const upstream of lint.upstreamOf(id)) {
    const node = lint.node(upstream);
    if (!node || !('source' in node) || node.source.broadcast) continue;
    const key = lint.known.topics[node.source.topic]?.key;
    if (key) keys.add(key);
  }
  return keys;
}

function isAddress(key: KeyName): boolean {
  return key === 'channel' || key === 'person' || key === 'presence';
}
