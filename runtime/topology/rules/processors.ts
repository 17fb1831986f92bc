import { Value } from '@sinclair/typebox/value';
import { messageOf } from '../../../platform/errors/error.ts';
import type { Processor } from '../../processor.ts';
import type { ProcessorNode } from '../format/index.ts';
import { didYouMean } from '../problem.ts';
import type { LintContext } from './context.ts';

/** Processor nodes: their names, options, and where their state comes from. */
export function lintProcessors(lint: LintContext): void {
  for (const [id, node] of lint.nodes) if ('processor' in node) lintProcessor(lint, id, node);
  lintChangelogs(lint);
}

function lintProcessor(lint: LintContext, id: string, node: ProcessorNode): void {
  const processor = lint.known.processors.get(node.processor);
  if (!processor) {
    const meant = didYouMean(node.processor, lint.known.processors.keys());
    const message = `there is no folder processors/${node.processor}`;
    return lint.file.report('unknown-processor', ['nodes', id, 'processor'], message, meant);
  }
  const errors = [...Value.Errors(processor.options, node.with ?? {})];
  for (const error of errors) {
    const path = error.path.split('/').slice(1);
    const name = `with${path.map((step) => `.${step}`).join('')}`;
    const known = Object.keys((processor.options['properties'] as object | undefined) ?? {});
    const meant = path.length === 1 ? didYouMean(path[0]!, known) : undefined;
    lint.file.report('wrong-option', ['nodes', id, 'with', ...path], `${name}: ${error.message}`, meant);
  }
  if (errors.length === 0) lintMaking(lint, id, node, processor);
  if (processor.tables && !node.state) {
    const message = `${node.processor} keeps state: say where it comes from after a loss, with state: { folds: TOPIC } or { changelog: TOPIC }`;
    lint.file.reportKey('state-lost', ['nodes', id, 'processor'], message);
  }
  if (!processor.tables && node.state)
    lint.file.reportKey('no-state', ['nodes', id, 'state'], `${node.processor} keeps no state`);
  if (!node.state || !('folds' in node.state)) return;
  const topic = node.state.folds;
  const path = ['nodes', id, 'state', 'folds'];
  const entry = lint.topic(topic, path);
  if (!processor.folds) {
    lint.file.report('no-fold', path, `${node.processor}'s state is no fold of a topic: use changelog`);
  } else if (entry && !entry.schemas.includes(processor.folds.schema)) {
    const message = `${node.processor} folds records of schema ${processor.folds.schema}, which ${topic} doesn't hold`;
    lint.file.report('no-fold', path, message);
  }
}

/** What a schema can't say a processor may refuse when it is made; in a worker it would fail for ever. */
function lintMaking(lint: LintContext, id: string, node: ProcessorNode, processor: Processor): void {
  try {
    processor.create(node.with ?? {});
  } catch (error) {
    const path = ['nodes', id, node.with === undefined ? 'processor' : 'with'];
    lint.file.report('wrong-option', path, `${node.processor} can't be made with these options: ${messageOf(error)}`);
  }
}

function lintChangelogs(lint: LintContext): void {
  const owners = new Map<string, string>();
  for (const [id, node] of lint.nodes) {
    if (!('state' in node) || !node.state || !('changelog' in node.state)) continue;
    const topic = node.state.changelog;
    const path = ['nodes', id, 'state', 'changelog'];
    const entry = lint.topic(topic, path);
    if (entry && !entry.schemas.includes('StateChange'))
      lint.file.report(
        'schema-mismatch',
        path,
        `a changelog holds StateChange; ${topic} holds ${entry.schemas.join(', ')}`,
      );
    if (entry && !entry.compact) lint.file.report('unbounded', path, `a changelog must be compact; ${topic} is not`);
    const owner = owners.get(topic);
    if (owner) lint.file.report('two-changelogs', path, `"${owner}" keeps its changes in ${topic} already`);
    owners.set(topic, id);
  }
}
