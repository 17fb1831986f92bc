import type { TopologyFile } from './format/index.ts';
import { lintBounds } from './rules/bounds.ts';
import { type Known, LintContext } from './rules/context.ts';
import { lintExpressions } from './rules/expressions.ts';
import { lintGapless } from './rules/gapless.ts';
import { lintGraph } from './rules/graph.ts';
import { lintInputs } from './rules/inputs.ts';
import { lintKeys } from './rules/keys.ts';
import { lintProcessors } from './rules/processors.ts';
import { lintStates } from './rules/states.ts';
import { lintTopicNodes } from './rules/topics.ts';
import type { SourceFile } from './source-file.ts';

/** Rules that need more than the file's shape (rules/catalogue.ts explains each). Notes all problems; dials no server. */
export function lintTopology(
  file: SourceFile,
  topology: TopologyFile,
  known: Known,
  broken: ReadonlySet<string>,
): void {
  const lint = new LintContext(file, topology, known, broken);
  lintTopicNodes(lint);
  lintProcessors(lint);
  lintStates(lint);
  lintInputs(lint);
  lintExpressions(lint);
  lintKeys(lint);
  lintGraph(lint);
  lintGapless(lint);
  lintBounds(lint);
}
