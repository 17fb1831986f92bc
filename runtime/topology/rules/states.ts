import { tablesChanged } from '../../state-lock.ts';
import type { LintContext } from './context.ts';

/** A state whose shape changed needs a new version, or it would be read as what it is not. */
export function lintStates(lint: LintContext): void {
  for (const [id, node] of lint.nodes) {
    if (!('processor' in node)) continue;
    const processor = lint.known.processors.get(node.processor);
    if (!processor || !tablesChanged(node.processor, processor, lint.known.states)) continue;
    const message = `the tables of ${node.processor} changed, and its stateVersion is still ${processor.stateVersion ?? 1}`;
    lint.file.report('state-version', ['nodes', id, 'processor'], message);
  }
}
