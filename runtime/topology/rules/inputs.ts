import { inputsOf } from '../format/index.ts';
import { didYouMean } from '../problem.ts';
import type { Path } from '../source-file.ts';
import { type LintContext, splitReference } from './context.ts';

/** References between nodes, and whether what flows in is what a node takes. */
export function lintInputs(lint: LintContext): void {
  for (const [id, node] of lint.nodes) {
    if (!('from' in node)) continue;
    const list = Array.isArray(node.from);
    for (const [index, reference] of inputsOf(node).entries()) {
      lintReference(lint, id, reference, list ? ['nodes', id, 'from', index] : ['nodes', id, 'from']);
    }
  }
}

function lintReference(lint: LintContext, id: string, reference: string, path: Path): void {
  const { id: from, output } = splitReference(reference);
  const upstream = lint.node(from);
  if (!upstream) {
    if (lint.broken.has(from)) return;
    const others = [...Object.keys(lint.topology.nodes), ...lint.broken].filter((other) => other !== id);
    return lint.file.report('unknown-node', path, `there is no node "${from}"`, didYouMean(from, others));
  }
  if ('sink' in upstream) return lint.file.report('from-sink', path, `"${from}" is a sink: nothing comes out of it`);
  if ('table' in upstream) return lint.file.report('from-table', path, `"${from}" is a table: it is there for joins`);
  const outputs = lint.outputsOf(from);
  if (!outputs) return;
  if (output !== undefined && !(output in outputs)) {
    const has = Object.keys(outputs).filter(Boolean).join(', ') || 'one without a name';
    const message = `"${from}" has no output "${output}"; it has ${has}`;
    return lint.file.report('unknown-output', path, message, didYouMean(output, Object.keys(outputs)));
  }
  const taken = takenBy(lint, id);
  for (const schema of new Set(lint.schemasOf(reference))) {
    if (!taken || taken.includes(schema)) continue;
    lint.file.report(
      'schema-mismatch',
      path,
      `"${reference}" gives ${schema}, and "${id}" takes ${taken.join(' or ')}`,
    );
  }
}

/** The schemas that a node takes; undefined: any, or not to be told. */
function takenBy(lint: LintContext, id: string): readonly string[] | undefined {
  const node = lint.node(id)!;
  if ('processor' in node) return lint.known.processors.get(node.processor)?.inputs;
  if (!('sink' in node)) return undefined;
  if ('push' in node.sink) return [node.sink.push === 'audience' ? 'Notice' : 'PushDue'];
  return 'topic' in node.sink ? [node.sink.schema] : 'store' in node.sink ? ['Row'] : ['SearchDocument'];
}
