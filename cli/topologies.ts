import { MillraceError } from '../platform/errors/error.ts';
import { loadProcessors } from '../runtime/registry.ts';
import { loadTopologies } from '../runtime/topology/load.ts';
import type { Plans } from '../runtime/topology/plan.ts';
import { renderProblem } from '../runtime/topology/problem.ts';

/** The plans of a folder, with a folder of processors of one's own where there is one. Error: `topology_invalid`, with all problems as lint shows them. */
export async function checkedPlans(
  folder: string,
  processors: string | undefined,
  options: { all?: boolean } = {},
): Promise<Plans> {
  const { plans, problems, sources } = loadTopologies(folder, await loadProcessors(processors), undefined, options);
  if (plans) return plans;
  const text = problems.map((problem) => renderProblem(problem, sources.get(problem.file) ?? '', false)).join('\n');
  throw new MillraceError('topology_invalid', text);
}
