import { branchProcessor } from '../builtin/branch.ts';
import { windowProcessor } from '../builtin/window.ts';
import { parseDuration } from '../duration.ts';
import type { FlowSchema } from '../processor.ts';
import { compile, type Expression } from './expression.ts';
import { type ErrorPolicy, errorsOf, inputsOf, joinsOf, type SinkNode, type TopologyNode } from './format/index.ts';
import type { Edge, Join, PlanNode, SinkTarget } from './plan.ts';
import { type LintContext, splitReference } from './rules/context.ts';

/** A node that lint has found right, as the runtime takes it. */
export function planNode(lint: LintContext, id: string, node: TopologyNode, errors: ErrorPolicy): PlanNode {
  const policy = { ...errors, ...errorsOf(node) };
  const from = inputsOf(node).map((reference): Edge => {
    const { id: upstream, output } = splitReference(reference);
    return { node: upstream, output };
  });
  const schemas = lint.schemasInto(id);
  const names = Object.fromEntries(joinsOf(node).map(([name, { table }]) => [name, table]));
  const expression = (text: string, wanted: 'bool' | 'string', over = schemas): Expression => {
    const result = compile(text, over, names, wanted);
    if ('error' in result) throw new Error(`${id}: ${result.error.message}`);
    return result.expression;
  };
  const joins = joinsOf(node).map(
    ([name, { table, by }]): Join => ({ name, table, by: by === undefined ? undefined : expression(by, 'string') }),
  );
  const step = { kind: 'processor', id, from, joins, errors: policy } as const;
  if ('source' in node) {
    const { topic, schema, broadcast = false } = node.source;
    const batch = { size: node.batch?.size ?? 500, within_ms: parseDuration(node.batch?.within ?? '0ms')! };
    return {
      kind: 'source',
      id,
      topic,
      schema: schema as FlowSchema,
      broadcast,
      batch,
      in_flight: node['in-flight'] ?? 4,
    };
  }
  if ('table' in node) {
    const { topic, schema, broadcast = false, gone } = node.table;
    const when = gone === undefined ? undefined : expression(gone, 'bool', [schema as FlowSchema]);
    return { kind: 'table', id, topic, schema: schema as FlowSchema, broadcast, gone: when };
  }
  if ('processor' in node) {
    const processor = lint.known.processors.get(node.processor)!;
    return { ...step, name: node.processor, processor, options: node.with ?? {}, state: node.state };
  }
  if ('branch' in node) {
    const cases = Object.entries(node.branch).map(([output, text]) => ({
      output,
      condition: text === 'else' ? undefined : expression(text, 'bool'),
    }));
    return { ...step, name: 'branch', processor: branchProcessor(cases), options: {}, state: undefined };
  }
  if ('window' in node) {
    const { length, keep, 'at-most': at_most } = node.window;
    const processor = windowProcessor({ length_ms: parseDuration(length)!, keep, at_most });
    return { ...step, name: 'window', processor, options: {}, state: node.state };
  }
  return { kind: 'sink', id, from, target: targetOf(lint, node.sink), parallel: node.parallel ?? 1, errors: policy };
}

function targetOf(lint: LintContext, sink: SinkNode['sink']): SinkTarget {
  if ('push' in sink) return { kind: 'push', to: sink.push };
  if (!('topic' in sink)) return { kind: 'store' in sink ? 'store' : 'search' };
  const { topic, schema, key } = sink;
  const family = lint.known.topics[topic]?.family ?? false;
  return { kind: 'topic', topic, schema: schema as FlowSchema, key, family };
}
