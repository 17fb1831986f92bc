import { incompleteAlerts, unwatchedTopologies } from './alerts.ts';
import { chartFindings } from './chart.ts';
import { composeFindings } from './compose.ts';
import { imageFindings } from './image.ts';
import { misbuiltDashboards, unknownMetrics } from './metrics.ts';
import { brokenLinks, inventedCommands } from './runbooks.ts';
import { awaitedSettings, unfitValues, unknownSettings } from './settings.ts';
import type { Check } from './tools.ts';
import { outsideChecks } from './tools.ts';

const ownChecks: Check[] = [
  { name: 'image: sources, base, user, signals', run: imageFindings },
  { name: 'compose: pinned images, health checks, mounts, rights', run: composeFindings },
  { name: 'settings: every one that is set exists', run: unknownSettings },
  { name: 'settings: every one takes its value', run: unfitValues },
  { name: 'chart: values, schema and templates know the same names', run: chartFindings },
  { name: 'alerts: summary, action, runbook, a test for each', run: incompleteAlerts },
  { name: 'alerts: every topology is missed where nobody runs it', run: unwatchedTopologies },
  { name: 'rules and dashboards: metrics exist in the code', run: unknownMetrics },
  { name: 'dashboards: panels and datasources', run: misbuiltDashboards },
  { name: 'runbooks: commands and options exist', run: inventedCommands },
  { name: 'runbooks: links', run: brokenLinks },
];

/** Runs every check; 1 where one found something. A skipped one is no failure, and is said. */
export async function check(fetch: boolean): Promise<number> {
  const count = { passed: 0, failed: 0, skipped: 0 };
  const say = (word: string, line: string): void => console.log(`${word.padEnd(8)} ${line}`);
  for (const { name, run } of [...ownChecks, ...outsideChecks(fetch)]) {
    const result = await run();
    if (!Array.isArray(result)) {
      count.skipped++;
      say('skipped', `${name}: ${result.skipped}`);
    } else if (result.length === 0) {
      count.passed++;
      say('ok', name);
    } else {
      count.failed++;
      say('FAILED', name);
      for (const finding of result) console.log(`         ${finding}`);
    }
  }
  for (const name of awaitedSettings()) say('note', `${name} is used here, and no setting yet: a start with it fails`);
  count.skipped += 2;
  say('skipped', 'images: whether a registry serves their versions; nothing is pulled');
  say('skipped', 'kubectl apply --dry-run: asks a cluster, and there is none; the schemas above stand in for it');
  console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  return count.failed > 0 ? 1 : 0;
}
