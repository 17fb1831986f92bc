import { Value } from '@sinclair/typebox/value';
import { schemaNames } from '../../schemas/generated/types.ts';
import type { FlowSchema, Processor } from '../processor.ts';
import { sourcesOf, type TopicEntry, type TopologyFile, type TopologyNode } from './format.ts';
import { didYouMean } from './problem.ts';
import type { Path, SourceFile } from './source-file.ts';

export interface Known {
  topics: { [name: string]: TopicEntry };
  processors: Map<string, Processor>;
}

/** Rules that need more than the file's shape: names, flow of schemas, reachability, gaplessness. Notes all problems. */
export function lintTopology(source: SourceFile, file: TopologyFile, known: Known): void {
  const lint = new Lint(source, file, known);
  for (const [id, node] of Object.entries(file.nodes)) {
    if ('source' in node) lint.source(id, node.source);
    else if ('processor' in node) lint.processor(id, node);
    else lint.sink(id, node.sink);
    if ('from' in node) lint.inputs(id, node);
  }
  lint.cycles();
  lint.unused();
  lint.gapless();
}

class Lint {
  constructor(
    private readonly file: SourceFile,
    private readonly topology: TopologyFile,
    private readonly known: Known,
  ) {}

  source(id: string, { topic, schema, broadcast }: { topic: string; schema: string; broadcast?: boolean }): void {
    const entry = this.topic(topic, ['nodes', id, 'source', 'topic']);
    this.schema(schema, entry, ['nodes', id, 'source', 'schema']);
    if (entry?.family)
      this.file.report(
        'family-source',
        ['nodes', id, 'source', 'topic'],
        `${topic} is a topic for each gateway: gateways read it, no topology does`,
      );
    if (broadcast && entry && entry.partitions !== 1) {
      this.file.report(
        'broadcast',
        ['nodes', id, 'source', 'broadcast'],
        `only a topic of one partition can be broadcast; ${topic} has ${entry.partitions}`,
      );
    }
  }

  sink(id: string, sink: Extract<TopologyNode, { sink: unknown }>['sink']): void {
    if (!('topic' in sink)) return;
    const entry = this.topic(sink.topic, ['nodes', id, 'sink', 'topic']);
    this.schema(sink.schema, entry, ['nodes', id, 'sink', 'schema']);
    if (entry?.key && sink.key && sink.key !== entry.key && !entry.family) {
      this.file.report(
        'key-mismatch',
        ['nodes', id, 'sink', 'key'],
        `${sink.topic} is keyed by ${entry.key}`,
        entry.key,
      );
    }
  }

  processor(id: string, node: Extract<TopologyNode, { processor: string }>): void {
    const processor = this.known.processors.get(node.processor);
    if (!processor) {
      const meant = didYouMean(node.processor, this.known.processors.keys());
      this.file.report(
        'unknown-processor',
        ['nodes', id, 'processor'],
        `there is no folder processors/${node.processor}`,
        meant,
      );
      return;
    }
    for (const error of Value.Errors(processor.options, node.with ?? {})) {
      const path = error.path.split('/').slice(1);
      this.file.report(
        'wrong-option',
        ['nodes', id, 'with', ...path],
        `with${path.map((step) => `.${step}`).join('')}: ${error.message}`,
      );
    }
    if (processor.tables && !node.state) {
      this.file.reportKey(
        'state-lost',
        ['nodes', id, 'processor'],
        `${node.processor} keeps state: say where it comes from after a loss, with state: { folds: TOPIC } or { changelog: TOPIC }`,
      );
    }
    if (!processor.tables && node.state)
      this.file.reportKey('no-state', ['nodes', id, 'state'], `${node.processor} keeps no state`);
    if (!node.state) return;
    const [kind, topic] =
      'folds' in node.state ? (['folds', node.state.folds] as const) : (['changelog', node.state.changelog] as const);
    const entry = this.topic(topic, ['nodes', id, 'state', kind]);
    if (kind === 'folds' && !processor.folds) {
      this.file.report(
        'no-fold',
        ['nodes', id, 'state', kind],
        `${node.processor}'s state is no fold of a topic: use changelog`,
      );
    } else if (kind === 'folds' && entry && !entry.schemas.includes(processor.folds!.schema)) {
      this.file.report(
        'no-fold',
        ['nodes', id, 'state', kind],
        `${node.processor} folds records of schema ${processor.folds!.schema}, which ${topic} doesn't hold`,
      );
    }
  }

  /** References, and whether what flows in is what the node takes. */
  inputs(id: string, node: Exclude<TopologyNode, { source: unknown }>): void {
    const list = Array.isArray(node.from);
    for (const [index, reference] of sourcesOf(node).entries()) {
      this.input(id, node, reference, list ? ['nodes', id, 'from', index] : ['nodes', id, 'from']);
    }
  }

  private input(id: string, node: Exclude<TopologyNode, { source: unknown }>, reference: string, path: Path): void {
    const [name, output] = reference.split('.', 2) as [string, string | undefined];
    const upstream = this.topology.nodes[name];
    if (!upstream) {
      const others = Object.keys(this.topology.nodes).filter((other) => other !== id);
      return this.file.report('unknown-node', path, `there is no node "${name}"`, didYouMean(name, others));
    }
    if ('sink' in upstream) {
      return this.file.report('from-sink', path, `"${name}" is a sink: nothing comes out of it`);
    }
    const outputs = this.outputsOf(upstream);
    if (!outputs) return;
    if (output !== undefined && !(output in outputs)) {
      const has = Object.keys(outputs).join(', ') || 'one without a name';
      const message = `"${name}" has no output "${output}"; it has ${has}`;
      return this.file.report('unknown-output', path, message, didYouMean(output, Object.keys(outputs)));
    }
    const taken = this.takenBy(node);
    for (const schema of new Set(output === undefined ? Object.values(outputs) : [outputs[output]!])) {
      if (!taken || taken.includes(schema)) continue;
      const message = `"${reference}" gives ${schema}, and "${id}" takes ${taken.join(' or ')}`;
      this.file.report('schema-mismatch', path, message);
    }
  }

  cycles(): void {
    const state = new Map<string, 'open' | 'done'>();
    const visit = (id: string): void => {
      state.set(id, 'open');
      for (const reference of sourcesOf(this.topology.nodes[id]!)) {
        const next = reference.split('.', 1)[0]!;
        if (!this.topology.nodes[next]) continue;
        if (state.get(next) === 'open')
          this.file.report(
            'cycle',
            ['nodes', id, 'from'],
            `"${id}" and "${next}" wait for each other: a circle can only go through a topic`,
          );
        else if (!state.has(next)) visit(next);
      }
      state.set(id, 'done');
    };
    for (const id of Object.keys(this.topology.nodes)) if (!state.has(id)) visit(id);
  }

  unused(): void {
    const used = new Set<string>();
    for (const node of Object.values(this.topology.nodes))
      for (const reference of sourcesOf(node)) used.add(reference.split('.', 1)[0]!);
    for (const [id, node] of Object.entries(this.topology.nodes)) {
      if (!('sink' in node) && !used.has(id))
        this.file.reportKey('unused-node', ['nodes', id], `nothing takes what "${id}" gives`);
    }
  }

  /** Between a command and its event no record may be skipped: the event's rev would be missing for ever. */
  gapless(): void {
    const ordering = Object.entries(this.topology.nodes).some(
      ([, node]) => 'processor' in node && this.known.processors.get(node.processor)?.folds?.origin !== undefined,
    );
    if (ordering && this.topology.errors?.then === 'dead-letter') {
      this.file.report(
        'gapless',
        ['errors', 'then'],
        'this topology numbers events: a record that is skipped is a gap for ever',
        'pause-source',
      );
    }
    if (ordering && this.topology.errors && this.topology.errors.retry !== 'forever') {
      this.file.report(
        'gapless',
        ['errors', 'retry'],
        'this topology numbers events: it must retry without end',
        'forever',
      );
    }
  }

  private topic(name: string, path: Path): TopicEntry | undefined {
    const entry = this.known.topics[name];
    if (!entry)
      this.file.report(
        'unknown-topic',
        path,
        `topics.yaml has no topic "${name}"`,
        didYouMean(name, Object.keys(this.known.topics)),
      );
    return entry;
  }

  private schema(name: string, topic: TopicEntry | undefined, path: Path): void {
    if (!(schemaNames as readonly string[]).includes(name)) {
      this.file.report('unknown-schema', path, `there is no schemas/${name}.avsc`, didYouMean(name, schemaNames));
    } else if (topic && !topic.schemas.includes(name)) {
      this.file.report(
        'schema-mismatch',
        path,
        `the topic holds ${topic.schemas.join(', ')}`,
        didYouMean(name, topic.schemas),
      );
    }
  }

  private outputsOf(node: TopologyNode): { [output: string]: FlowSchema } | undefined {
    if ('source' in node) return { '': node.source.schema as FlowSchema };
    return 'processor' in node ? this.known.processors.get(node.processor)?.outputs : {};
  }

  private takenBy(node: Exclude<TopologyNode, { source: unknown }>): readonly string[] | undefined {
    if ('processor' in node) return this.known.processors.get(node.processor)?.inputs;
    return 'topic' in node.sink ? [node.sink.schema] : 'store' in node.sink ? ['Row'] : ['SearchDocument'];
  }
}
