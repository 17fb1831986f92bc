// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the format's own way to write a variable.
/** Every rule of lint: what it finds, and the way out. docs/lint-rules.md is made from here. */
export const rules = {
  'yaml-syntax': [
    'The file is not valid YAML.',
    'See what stands right before the marked place: an open bracket, quote, or a tab.',
  ],
  'no-topics': [
    'The folder has no topics.yaml.',
    'Every folder of topologies declares its topics in one file of that name.',
  ],
  'no-nodes': ['A topology has no nodes.', 'Give it at least a source and a sink.'],
  'too-many-nodes': [
    'A topology has more than 1,000 nodes.',
    'Make several topologies of it: a sink writes a topic, and a source of the next one reads that.',
  ],
  'same-name': ['Two files name the same topology.', 'Names are unique, for offsets and state are kept under them.'],
  'node-id': ['A node’s id has other characters than lower case letters, digits and dashes.', 'Rename the node.'],
  'node-shape': ['A node is not a map.', 'Write `id: { source: … }` or another kind of node.'],
  'node-kind': [
    'A node is none, or more than one, of source, table, processor, branch, window and sink.',
    'Make one node of each kind.',
  ],
  'unknown-field': ['A field that does not exist here.', 'The message says where it belongs, if anywhere.'],
  'missing-field': ['A field that is needed is missing.', 'Add it; editors complete it through the file’s first line.'],
  'wrong-value': ['A value of the wrong type, form or range.', 'The message says what fits.'],
  'missing-environment': ['`${NAME}` has no value and no default.', 'Set the variable, or write `${NAME:default}`.'],
  'unknown-node': [
    '`from`, or a join’s `table`, names a node that is not in the file.',
    'Name a node of the same file; other topologies are reached through topics.',
  ],
  'unknown-output': [
    '`from: node.output` names an output that the node does not have.',
    'The message lists its outputs.',
  ],
  'unknown-topic': ['A topic that topics.yaml does not declare.', 'Declare it, or correct the name.'],
  'unknown-processor': [
    'There is no processor folder of this name.',
    'Processors are the folders of processors/, and of MILLRACE_PROCESSORS.',
  ],
  'unknown-schema': ['There is no schema of this name.', 'Schemas are the files of schemas/.'],
  'schema-mismatch': [
    'A node gets records that it does not take, or a topic is given what it does not hold.',
    'Take the output that fits, or put a processor in between.',
  ],
  'key-mismatch': [
    'A sink keys records otherwise than their topic is keyed.',
    'Use the topic’s key: other readers rely on it.',
  ],
  'key-lost': [
    'A node needs a key that what leads to it has lost: the records of one such key lie in several partitions, or lack the fields.',
    'Write the records to a topic with that key first, and read them from there.',
  ],
  'wrong-option': [
    '`with` does not fit the processor’s options: their schema, or what it says itself when it is made.',
    'The message says which option and why.',
  ],
  'wrong-expression': [
    'A CEL expression that can’t be parsed, or whose types don’t fit.',
    'The mark shows where. See cel.dev for the language.',
  ],
  'state-lost': [
    'A processor that keeps state does not say where it comes from after a loss.',
    'Add `state: { folds: TOPIC }` or `state: { changelog: TOPIC }`.',
  ],
  'no-state': ['`state` on a processor that keeps none.', 'Remove it.'],
  'no-fold': [
    'A state that folds a topic which it can’t be made from.',
    'Fold the topic that holds what the processor folds, or use a changelog.',
  ],
  'state-version': [
    'A processor’s tables changed, and its state version did not.',
    'Raise `stateVersion` in the processor and run `npm run generate`: a deploy then makes the new state by replay, beside the old one.',
  ],
  'two-changelogs': ['Two nodes keep their changes in one changelog.', 'Give each a topic of its own.'],
  broadcast: [
    'Only a topic of one partition can be broadcast.',
    'Remove `broadcast`, or make the topic one of one partition.',
  ],
  'partitions-differ': [
    'Sources of one topology differ in their count of partitions.',
    'A task reads one partition of each, so the counts must be equal; or broadcast the smaller one.',
  ],
  'family-source': ['A family of topics (one for each gateway) as a source.', 'Gateways read those; no topology does.'],
  'from-sink': ['A node takes from a sink.', 'Take from what leads to the sink, or read the sink’s topic.'],
  'from-table': [
    'A node takes records from a table.',
    'Tables are for joins. To process their records, read the topic by a source.',
  ],
  'not-a-table': ['A join with a node that is no table.', 'Add a node `{ table: { topic, schema } }`.'],
  'join-partition': [
    'A join looks for rows that lie in another partition.',
    'The table’s topic must have the key that the records are partitioned by, or be broadcast.',
  ],
  cycle: ['Nodes wait for each other in a circle.', 'A circle can only go through a topic.'],
  'unused-node': ['Nothing takes what a node gives, so it has no effect.', 'Add a sink, or remove the node.'],
  'two-owners': [
    'Two topologies write one durable topic, which would have two orders.',
    'Give each a topic of its own, or make them one topology.',
  ],
  gapless: [
    'Something between a command and its numbered event could skip, hold back or decide otherwise a second time.',
    'There, retry forever and pause the source; no dead letters, windows, joins, or branches without `else`.',
  ],
  'no-dead-letters': [
    'A policy says `dead-letter`, and topics.yaml has no topic dead_letters.',
    'Declare it as the shipped topics.yaml does.',
  ],
  unbounded: [
    'Something grows without bound.',
    'Topics need a retention or compaction, tables and changelogs a compacted topic; batch size times in-flight at most 100,000.',
  ],
} as const satisfies { [rule: string]: readonly [what: string, wayOut: string] };

export type RuleName = keyof typeof rules;
