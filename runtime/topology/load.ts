import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { MillraceError } from '../../platform/errors/error.ts';
import type { Processor } from '../processor.ts';
import { processorsFolder } from '../registry.ts';
import { readStateLock, type StateLock } from '../state-lock.ts';
import { canonical } from './canonical.ts';
import type { Variables } from './environment.ts';
import { defaultErrors, isOn, type TopicsFile, type TopologyFile } from './format/index.ts';
import { lintTopology } from './lint.ts';
import type { PlanNode, Plans, TopologyPlan } from './plan.ts';
import { planNode } from './plan-node.ts';
import type { Problem } from './problem.ts';
import { LintContext } from './rules/context.ts';
import { lintTopics } from './rules/topics.ts';
import { SourceFile } from './source-file.ts';
import { validateTopics, validateTopology } from './validate.ts';

export interface TopologyText {
  /** The file's name as problems show it. */
  file: string;
  text: string;
}

export interface Loaded {
  /** Undefined where there are errors. */
  plans: Plans | undefined;
  problems: Problem[];
  /** Each file's text, for showing the lines of problems. */
  sources: Map<string, string>;
  /** What each topology says, by name, and the topics under '': the same text for files that differ in form alone. */
  canonical: Map<string, string>;
}

export interface LoadOptions {
  /** For `${NAME}`. Default: the process's environment. */
  variables?: Variables;
  states?: StateLock;
  /** Also what `when` leaves out: for tests and drawings. */
  all?: boolean;
}

/** The files of a topologies folder; fixtures (*.test.yaml) are none. Error: `not_found` where there is no such folder. */
export function readTopologies(folder: string, cwd = process.cwd()): TopologyText[] {
  const at = statSync(folder, { throwIfNoEntry: false });
  if (!at) throw new MillraceError('not_found', `there is no folder ${folder}`);
  if (!at.isDirectory()) throw new MillraceError('not_found', `${folder} is a file: name the folder that it lies in`);
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'));
  if (names.length === 0) throw new MillraceError('not_found', `there are no topology files (*.yaml) in ${folder}`);
  return names.sort().map((name) => {
    const path = resolve(folder, name);
    return { file: relative(cwd, path) || path, text: readFileSync(path, 'utf8') };
  });
}

export function loadTopologies(
  folder: string,
  processors: Map<string, Processor>,
  cwd = process.cwd(),
  options: LoadOptions = {},
): Loaded {
  return checkTopologies(readTopologies(folder, cwd), processors, options);
}

/** Checks and resolves the files of a topologies folder. Finds all problems at once; dials no server. */
export function checkTopologies(
  files: TopologyText[],
  processors: Map<string, Processor>,
  { variables = process.env, states = readStateLock(processorsFolder), all = false }: LoadOptions = {},
): Loaded {
  const sources = files.map(({ file, text }) => new SourceFile(file, text));
  const problems: Problem[] = [];
  const said = new Map<string, string>();
  const isTopics = (file: string): boolean => /(^|\/)topics\.yaml$/.test(file);
  const topicsFile = sources.find((source) => isTopics(source.file));
  let topics: TopicsFile['topics'] = {};
  if (topicsFile) {
    const valid = validateTopics(topicsFile, variables);
    topics = valid?.value.topics ?? {};
    if (topicsFile.problems.length === 0) lintTopics(topicsFile, topics);
    said.set('', canonical(valid?.written));
  } else {
    const place = { line: 1, column: 1, end_line: 1, end_column: 2 };
    const file = join(dirname(files[0]?.file ?? ''), 'topics.yaml');
    problems.push({ rule: 'no-topics', severity: 'error', file, ...place, message: 'the folder needs a topics.yaml' });
  }
  const topologies: TopologyPlan[] = [];
  const owners = new Map<string, string>();
  const names = new Map<string, string>();
  for (const source of sources) {
    if (source === topicsFile) continue;
    const valid = validateTopology(source, variables);
    if (!valid) continue;
    const file = valid.value;
    const other = names.get(file.topology);
    if (other) source.report('same-name', ['topology'], `${other} is called "${file.topology}" too`);
    names.set(file.topology, source.file);
    const known = { topics, processors, states };
    lintTopology(source, file, known, valid.broken);
    claimTopics(source, file, topics, owners);
    if (!all && !isOn(file.when)) continue;
    said.set(file.topology, canonical(valid.written));
    if (!hasErrors(source.problems))
      topologies.push(planOf(new LintContext(source, file, known, valid.broken), source.file));
  }
  for (const source of sources) problems.push(...source.problems);
  return {
    plans: hasErrors(problems) ? undefined : { topologies, topics: all ? topics : inUse(topics) },
    problems,
    sources: new Map(sources.map((source) => [source.file, source.text])),
    canonical: said,
  };
}

function inUse(topics: TopicsFile['topics']): TopicsFile['topics'] {
  return Object.fromEntries(Object.entries(topics).filter(([, { when }]) => isOn(when)));
}

function hasErrors(problems: Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}

/** A durable topic is written by one topology, unless it is shared: two would give it two orders. */
function claimTopics(
  source: SourceFile,
  file: TopologyFile,
  topics: TopicsFile['topics'],
  owners: Map<string, string>,
): void {
  const claim = (topic: string, path: (string | number)[]): void => {
    if (topics[topic]?.volatile || topics[topic]?.shared) return;
    const owner = owners.get(topic);
    if (owner !== undefined && owner !== file.topology)
      source.report('two-owners', path, `topic ${topic} is written by topology "${owner}" already`);
    owners.set(topic, file.topology);
  };
  for (const [id, node] of Object.entries(file.nodes)) {
    if ('sink' in node && 'topic' in node.sink) claim(node.sink.topic, ['nodes', id, 'sink', 'topic']);
    if ('state' in node && node.state && 'changelog' in node.state)
      claim(node.state.changelog, ['nodes', id, 'state', 'changelog']);
  }
}

function planOf(lint: LintContext, path: string): TopologyPlan {
  const { topology, version, description = '', errors, nodes } = lint.topology;
  const policy = { ...defaultErrors, ...errors };
  return {
    name: topology,
    version,
    description,
    file: path,
    errors: policy,
    nodes: inFlowOrder(Object.entries(nodes).map(([id, node]) => planNode(lint, id, node, policy))),
  };
}

/** Nodes after all that they take from; tables first. */
function inFlowOrder(nodes: PlanNode[]): PlanNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const ordered = new Set<PlanNode>(nodes.filter((node) => node.kind === 'table'));
  const visit = (node: PlanNode): void => {
    if (ordered.has(node)) return;
    if ('from' in node) for (const edge of node.from) visit(byId.get(edge.node)!);
    ordered.add(node);
  };
  for (const node of nodes) visit(node);
  return [...ordered];
}
