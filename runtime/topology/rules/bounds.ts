import { deadLetterTopic } from '../../task/dead-letter.ts';
import { errorsOf } from '../format/index.ts';
import type { LintContext } from './context.ts';

/** Records that a partition may hold in memory at once. */
const mostUnderWay = 100_000;

/** What could grow without bound, or has nowhere to go. */
export function lintBounds(lint: LintContext): void {
  for (const [id, node] of lint.nodes) {
    if ('source' in node && node.batch) {
      const underWay = node.batch.size * (node['in-flight'] ?? 4);
      if (underWay > mostUnderWay) {
        const message = `${node.batch.size} records × ${node['in-flight'] ?? 4} units are ${underWay} at once; at most ${mostUnderWay}`;
        lint.file.report('unbounded', ['nodes', id, 'batch', 'size'], message);
      }
    }
    if (errorsOf(node)?.then === 'dead-letter' && !lint.known.topics[deadLetterTopic])
      lint.file.report('no-dead-letters', ['nodes', id, 'errors', 'then'], `topics.yaml has no ${deadLetterTopic}`);
  }
  if (lint.topology.errors?.then === 'dead-letter' && !lint.known.topics[deadLetterTopic])
    lint.file.report('no-dead-letters', ['errors', 'then'], `topics.yaml has no ${deadLetterTopic}`);
}
