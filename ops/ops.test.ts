import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { incompleteAlerts } from './checks/alerts.ts';
import { chartFindings } from './checks/chart.ts';
import { composeFindings } from './checks/compose.ts';
import { imageFindings } from './checks/image.ts';
import { knownMetrics, metricsOf, misbuiltDashboards, unknownMetrics } from './checks/metrics.ts';
import { data, filesIn } from './checks/repo.ts';
import { brokenLinks, inventedCommands } from './checks/runbooks.ts';
import { unfitValues, unknownSettings } from './checks/settings.ts';

// What needs nothing but the project's own packages. `node ops/check.mjs` does the same and more, with tools where they are.
describe('ops', () => {
  const none = (name: string, findings: () => string[]): void => {
    it(name, () => assert.deepEqual(findings(), []));
  };

  it('every file of YAML and JSON can be read', () => {
    const plain = filesIn('ops', /\.(ya?ml|json)$/).filter((path) => !path.includes('/templates/'));
    for (const path of [...plain, 'docker-compose.kafka.yml']) assert.ok(data(path), path);
    assert.ok(plain.length > 10);
  });

  none('the image has the sources that it runs, and no rights that it needs not', imageFindings);
  none('compose waits for healthy engines, pins images and mounts what is there', composeFindings);
  none('every setting that is set exists', unknownSettings);
  none('and takes its value', unfitValues);
  none('the chart’s values, schema and templates know the same names', chartFindings);
  none('alerts say what to do, and have a runbook and a test', incompleteAlerts);
  none('rules and dashboards ask for metrics that exist', unknownMetrics);
  none('dashboards have every panel in a place of its own', misbuiltDashboards);
  none('runbooks name commands and options that exist', inventedCommands);
  none('runbooks link to files that exist', brokenLinks);

  it('finds the metrics in a query', () => {
    const query =
      'sum by (a, le) (rate(x_total{b="c",d=~"e|f"}[5m])) / on (g) clamp_min(y:z:5m, 1) > 0 or vector(0) unless w';
    assert.deepEqual(metricsOf(query), ['x_total', 'y:z:5m', 'w']);
    assert.deepEqual(metricsOf('label_values(x_total, topology)'), ['x_total']);
    const known = knownMetrics();
    for (const name of ['millrace_sockets', 'millrace_unit_seconds_bucket', 'process_cpu_seconds_total'])
      assert.ok(known.has(name), name);
    assert.ok(!known.has('millrace_unit_seconds'), 'a histogram has no series of its own name');
  });
});
