import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { loadProcessors } from '../../runtime/registry.ts';
import { drive, type Run } from '../../runtime/testing/driver.ts';
import { whereOf } from '../../runtime/testing/fixture/crashes.ts';
import type { Given } from '../../runtime/testing/given.ts';
import { loadTopologies } from '../../runtime/topology/load.ts';
import type { Plans } from '../../runtime/topology/plan.ts';

/** The topologies of a folder; small batches put crash points between records, too. */
export async function smallPlans(folder = fileURLToPath(new URL('../../topologies', import.meta.url))): Promise<Plans> {
  const { plans, problems } = loadTopologies(folder, await loadProcessors());
  assert.deepEqual(problems, []);
  return {
    ...plans!,
    topologies: plans!.topologies.map((plan) => ({
      ...plan,
      nodes: plan.nodes.map((node) => (node.kind === 'source' ? { ...node, batch: { size: 3, within_ms: 0 } } : node)),
    })),
  };
}

export interface Scenario {
  plans: Plans;
  topology: string;
  /** Before each run; plans failures, say. */
  prepare?: (run: Run) => void;
  given: Given[];
  /** Looks at what is left when a crash has come. */
  atCrash?: (run: Run) => void;
}

/** Runs a topology over records, with crashes after so many steps of each life. */
export async function runOf(
  { plans, topology, prepare, given, atCrash }: Scenario,
  crashes: number[] = [],
): Promise<Run> {
  const run = await drive(plans, topology);
  prepare?.(run);
  for (const steps of crashes) run.crashAt(steps);
  run.atCrash = () => atCrash?.(run);
  await run.give(given);
  await run.settle();
  await run.stop();
  assert.deepEqual(run.journal.failures, []);
  return run;
}

/** With a crash before every step in turn, and a second one soon after, what readers make of it is as without. */
export async function sameWithCrashes(
  scenario: Scenario,
  readers: (run: Run) => Promise<unknown> | unknown,
): Promise<Run> {
  const calm = await runOf(scenario);
  const expected = plain(await readers(calm));
  const { steps } = calm.engine;
  assert.ok(steps.length > 5, `only ${steps.length} steps`);
  for (const step of steps.keys()) {
    for (const crashes of [[step], [step, step % 5]]) {
      const torn = await runOf(scenario, crashes);
      assert.ok(torn.journal.lives > 1);
      const where = `crash ${whereOf(steps, step)}${crashes.length > 1 ? `, and one ${step % 5} steps later` : ''}`;
      assert.deepEqual(plain(await readers(torn)), expected, where);
    }
  }
  return calm;
}

/** As JSON has it: whether a value was made here or decoded makes no difference. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
