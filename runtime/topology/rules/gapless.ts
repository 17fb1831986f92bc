import { errorsOf, joinsOf, type TopologyNode } from '../format/index.ts';
import type { Path } from '../source-file.ts';
import type { LintContext } from './context.ts';

/**
 * Between a command and its numbered event no record may be skipped, held back, or decided otherwise a second time: the
 * event's rev would be missing for ever, or be given twice.
 */
export function lintGapless(lint: LintContext): void {
  const between = new Set<string>();
  for (const [id, node] of lint.nodes) {
    if (!('processor' in node) || !node.state || !('folds' in node.state)) continue;
    if (lint.known.processors.get(node.processor)?.folds?.origin === undefined) continue;
    for (const upstream of lint.upstreamOf(id)) between.add(upstream);
    for (const step of waysTo(lint, id, node.state.folds)) between.add(step);
  }
  if (between.size === 0) return;
  lintPolicy(lint, ['errors'], lint.topology.errors, 'this topology numbers events');
  for (const [id, node] of lint.nodes) if (between.has(id)) lintNode(lint, id, node);
}

/** Nodes on the ways from `id` to the sinks of the topic that it folds. */
function waysTo(lint: LintContext, id: string, topic: string): string[] {
  const sinks = lint.nodes.filter(([, node]) => 'sink' in node && 'topic' in node.sink && node.sink.topic === topic);
  return sinks.flatMap(([sink]) => {
    const upstream = lint.upstreamOf(sink);
    return upstream.has(id) ? [...upstream].filter((step) => lint.upstreamOf(step).has(id)) : [];
  });
}

function lintNode(lint: LintContext, id: string, node: TopologyNode): void {
  const where = `"${id}" lies between a command and its event`;
  lintPolicy(lint, ['nodes', id, 'errors'], errorsOf(node), where);
  if ('window' in node)
    lint.file.reportKey('gapless', ['nodes', id, 'window'], `${where}: a window would hold records back`);
  if ('branch' in node && !Object.values(node.branch).includes('else'))
    lint.file.report(
      'gapless',
      ['nodes', id, 'branch'],
      `${where}: without an else, what fits no condition is skipped`,
    );
  if (joinsOf(node).length > 0) {
    const message = `${where}: a table may have changed when the record is taken again, and the step would decide otherwise`;
    lint.file.reportKey('gapless', ['nodes', id, 'join'], message);
  }
}

function lintPolicy(lint: LintContext, path: Path, errors: ReturnType<typeof errorsOf>, where: string): void {
  if (errors?.then === 'dead-letter') {
    const message = `${where}: a record that is skipped is a gap for ever`;
    lint.file.report('gapless', [...path, 'then'], message, 'pause-source');
  }
  if (errors?.retry !== undefined && errors.retry !== 'forever')
    lint.file.report('gapless', [...path, 'retry'], `${where}: it must retry without end`, 'forever');
}
