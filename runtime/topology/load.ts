import { readdirSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseDuration } from '../duration.ts';
import type { FlowSchema, Processor } from '../processor.ts';
import { defaultErrors, sourcesOf, type TopicsFile, type TopologyFile, type TopologyNode } from './format.ts';
import { lintTopology } from './lint.ts';
import type { Edge, PlanNode, Plans, TopologyPlan } from './plan.ts';
import type { Problem } from './problem.ts';
import { SourceFile } from './source-file.ts';
import { validateTopics, validateTopology } from './validate.ts';

export interface Loaded {
  /** Undefined where there are problems. */
  plans: Plans | undefined;
  problems: Problem[];
  /** Each file's text, for showing the lines of problems. */
  sources: Map<string, string>;
}

/** Reads, checks and resolves every file of a topologies folder. Finds all problems at once; dials no server. */
export function loadTopologies(folder: string, processors: Map<string, Processor>, cwd = process.cwd()): Loaded {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
    .sort();
  const open = (name: string): SourceFile => {
    const path = resolve(folder, name);
    return new SourceFile(relative(cwd, path) || path, readFileSync(path, 'utf8'));
  };
  const sources: SourceFile[] = [];
  const problems: Problem[] = [];
  let topics: TopicsFile['topics'] = {};
  if (files.includes('topics.yaml')) {
    const source = open('topics.yaml');
    sources.push(source);
    topics = validateTopics(source)?.topics ?? {};
  } else {
    problems.push({
      rule: 'no-topics',
      severity: 'error',
      file: `${folder}/topics.yaml`,
      line: 1,
      column: 1,
      end_column: 2,
      message: 'the folder needs a topics.yaml',
    });
  }

  const topologies: TopologyPlan[] = [];
  const owners = new Map<string, string>();
  const names = new Map<string, string>();
  for (const name of files.filter((file) => file !== 'topics.yaml')) {
    const source = open(name);
    sources.push(source);
    const file = validateTopology(source);
    if (!file) continue;
    const other = names.get(file.topology);
    if (other) source.report('same-name', ['topology'], `${other} is called "${file.topology}" too`);
    names.set(file.topology, name);
    lintTopology(source, file, { topics, processors });
    claimTopics(source, file, topics, owners);
    if (source.problems.length === 0) topologies.push(planOf(file, source.file, processors, topics));
  }
  for (const source of sources) problems.push(...source.problems);
  return {
    plans: problems.length === 0 ? { topologies, topics } : undefined,
    problems,
    sources: new Map(sources.map((source) => [source.file, source.text])),
  };
}

/** A durable topic is written by one topology: two would give it two orders. */
function claimTopics(
  source: SourceFile,
  file: TopologyFile,
  topics: TopicsFile['topics'],
  owners: Map<string, string>,
): void {
  for (const [id, node] of Object.entries(file.nodes)) {
    if (!('sink' in node) || !('topic' in node.sink) || topics[node.sink.topic]?.volatile) continue;
    const topic = node.sink.topic;
    const owner = owners.get(topic);
    if (owner !== undefined && owner !== file.topology) {
      source.report(
        'two-owners',
        ['nodes', id, 'sink', 'topic'],
        `topic ${topic} is written by topology "${owner}" already`,
      );
    }
    owners.set(topic, file.topology);
  }
}

function planOf(
  file: TopologyFile,
  path: string,
  processors: Map<string, Processor>,
  topics: TopicsFile['topics'],
): TopologyPlan {
  return {
    name: file.topology,
    version: file.version,
    description: file.description ?? '',
    file: path,
    errors: { ...defaultErrors, ...file.errors },
    nodes: inFlowOrder(Object.entries(file.nodes).map(([id, node]) => planNode(id, node, processors, topics))),
  };
}

function planNode(
  id: string,
  node: TopologyNode,
  processors: Map<string, Processor>,
  topics: TopicsFile['topics'],
): PlanNode {
  const from = sourcesOf(node).map((reference): Edge => {
    const [name, output] = reference.split('.', 2) as [string, string | undefined];
    return { node: name, output };
  });
  if ('source' in node) {
    const { topic, schema, broadcast } = node.source;
    const batch = { size: node.batch?.size ?? 500, within_ms: parseDuration(node.batch?.within ?? '0ms') ?? 0 };
    return {
      kind: 'source',
      id,
      topic,
      schema: schema as FlowSchema,
      broadcast: broadcast ?? false,
      batch,
      in_flight: node['in-flight'] ?? 4,
    };
  }
  if ('processor' in node) {
    return {
      kind: 'processor',
      id,
      name: node.processor,
      processor: processors.get(node.processor)!,
      from,
      options: node.with ?? {},
      state: node.state,
    };
  }
  if ('topic' in node.sink) {
    const { topic, schema, key } = node.sink;
    return {
      kind: 'sink',
      id,
      from,
      target: { kind: 'topic', topic, schema: schema as FlowSchema, key, family: topics[topic]?.family ?? false },
    };
  }
  return { kind: 'sink', id, from, target: { kind: 'store' in node.sink ? 'store' : 'search' } };
}

/** Nodes after all that they take from. */
function inFlowOrder(nodes: PlanNode[]): PlanNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const ordered = new Set<PlanNode>();
  const visit = (node: PlanNode): void => {
    if (ordered.has(node)) return;
    if (node.kind !== 'source') for (const edge of node.from) visit(byId.get(edge.node)!);
    ordered.add(node);
  };
  for (const node of nodes) visit(node);
  return [...ordered];
}
