import { schemaNames } from '../../../schemas/generated/types.ts';
import type { FlowSchema, Processor } from '../../processor.ts';
import type { StateLock } from '../../state-lock.ts';
import { inputsOf, type TopicEntry, type TopologyFile, type TopologyNode } from '../format/index.ts';
import { didYouMean } from '../problem.ts';
import type { Path, SourceFile } from '../source-file.ts';

/** What lies outside a topology file. */
export interface Known {
  topics: { [name: string]: TopicEntry };
  processors: Map<string, Processor>;
  states: StateLock;
}

/** The schemas of each output of a node; '' is the one without a name. */
export type Outputs = { [output: string]: readonly FlowSchema[] };

/** One file under lint: what the rules share. Nothing here notes the same problem twice for one place. */
export class LintContext {
  private readonly outputs = new Map<string, Outputs | undefined>();

  constructor(
    readonly file: SourceFile,
    readonly topology: TopologyFile,
    readonly known: Known,
    /** Nodes that were left out for their shape: nothing can be said about what refers to them. */
    readonly broken: ReadonlySet<string>,
  ) {}

  get nodes(): [id: string, node: TopologyNode][] {
    return Object.entries(this.topology.nodes);
  }

  node(id: string): TopologyNode | undefined {
    return this.topology.nodes[id];
  }

  topic(name: string, path: Path): TopicEntry | undefined {
    const entry = this.known.topics[name];
    if (!entry) {
      const meant = didYouMean(name, Object.keys(this.known.topics));
      this.file.report('unknown-topic', path, `topics.yaml has no topic "${name}"`, meant);
    }
    return entry;
  }

  schema(name: string, topic: TopicEntry | undefined, path: Path): void {
    if (!(schemaNames as readonly string[]).includes(name)) {
      this.file.report('unknown-schema', path, `there is no schemas/${name}.avsc`, didYouMean(name, schemaNames));
    } else if (topic && !topic.schemas.includes(name)) {
      const message = `the topic holds ${topic.schemas.join(', ')}`;
      this.file.report('schema-mismatch', path, message, didYouMean(name, topic.schemas));
    }
  }

  /** What leaves a node; undefined where that can't be told, for something it refers to is wrong. */
  outputsOf(id: string): Outputs | undefined {
    if (this.outputs.has(id)) return this.outputs.get(id);
    this.outputs.set(id, undefined);
    const found = this.findOutputs(id);
    this.outputs.set(id, found);
    return found;
  }

  /** What flows into a node. */
  schemasInto(id: string): readonly FlowSchema[] {
    const node = this.node(id);
    return [...new Set(node ? inputsOf(node).flatMap((reference) => this.schemasOf(reference)) : [])];
  }

  /** What flows by a reference: `node` or `node.output`. */
  schemasOf(reference: string): readonly FlowSchema[] {
    const { id, output } = splitReference(reference);
    const outputs = this.outputsOf(id) ?? {};
    return output === undefined ? Object.values(outputs).flat() : (outputs[output] ?? []);
  }

  /** A node with all that its records have passed. */
  upstreamOf(id: string, seen: Set<string> = new Set()): Set<string> {
    if (seen.has(id)) return seen;
    seen.add(id);
    const node = this.node(id);
    if (node) for (const reference of inputsOf(node)) this.upstreamOf(splitReference(reference).id, seen);
    return seen;
  }

  private findOutputs(id: string): Outputs | undefined {
    const node = this.node(id);
    if (!node) return undefined;
    if ('source' in node) return { '': [node.source.schema as FlowSchema] };
    if ('processor' in node) {
      const outputs = this.known.processors.get(node.processor)?.outputs;
      return outputs && Object.fromEntries(Object.entries(outputs).map(([name, schema]) => [name, [schema]]));
    }
    if ('branch' in node) {
      const schemas = this.schemasInto(id);
      return Object.fromEntries(Object.keys(node.branch).map((name) => [name, schemas]));
    }
    return 'window' in node ? { '': this.schemasInto(id) } : {};
  }
}

export function splitReference(reference: string): { id: string; output: string | undefined } {
  const [id, output] = reference.split('.', 2) as [string, string | undefined];
  return { id, output };
}
