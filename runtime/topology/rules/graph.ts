import { inputsOf, joinsOf } from '../format/index.ts';
import { type LintContext, splitReference } from './context.ts';

/** Circles, and nodes without effect. */
export function lintGraph(lint: LintContext): void {
  lintCycles(lint);
  // A broken node may be the one that takes from another.
  if (lint.broken.size === 0) lintUnused(lint);
}

function lintCycles(lint: LintContext): void {
  const state = new Map<string, 'open' | 'done'>();
  const visit = (id: string): void => {
    state.set(id, 'open');
    for (const reference of inputsOf(lint.node(id)!)) {
      const next = splitReference(reference).id;
      if (!lint.node(next)) continue;
      if (state.get(next) === 'open') {
        const message = `"${id}" and "${next}" wait for each other: a circle can only go through a topic`;
        lint.file.report('cycle', ['nodes', id, 'from'], message);
      } else if (!state.has(next)) visit(next);
    }
    state.set(id, 'done');
  };
  for (const [id] of lint.nodes) if (!state.has(id)) visit(id);
}

function lintUnused(lint: LintContext): void {
  const used = new Set<string>();
  for (const [, node] of lint.nodes) {
    for (const reference of inputsOf(node)) used.add(splitReference(reference).id);
    for (const [, { table }] of joinsOf(node)) used.add(table);
  }
  for (const [id, node] of lint.nodes) {
    if (!('sink' in node) && !used.has(id))
      lint.file.reportKey('unused-node', ['nodes', id], `nothing takes what "${id}" gives`);
  }
}
