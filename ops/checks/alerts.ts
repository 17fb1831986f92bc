import { rules } from './metrics.ts';
import { data, exists, type Findings, filesIn, text } from './repo.ts';

/** Alerts without a word on what to do, without a runbook that speaks of them, or without a test. */
export function incompleteAlerts(): Findings {
  const { tests } = data<{ tests: { alert_rule_test?: { alertname: string; exp_alerts: unknown[] }[] }[] }>(
    'ops/prometheus/alerts.test.yml',
  );
  const tested = new Set(
    tests.flatMap(({ alert_rule_test = [] }) =>
      alert_rule_test.filter(({ exp_alerts }) => exp_alerts.length > 0).map(({ alertname }) => alertname),
    ),
  );
  return rules().flatMap(({ alert, labels = {}, annotations = {} }) => {
    if (!alert) return [];
    const { runbook = '', summary, action } = annotations;
    return [
      ...(summary && action ? [] : [`${alert}: needs a summary and an action`]),
      ...(['page', 'ticket'].includes(labels['severity'] ?? '') ? [] : [`${alert}: its severity is page or ticket`]),
      ...(exists(runbook) ? [] : [`${alert}: there is no runbook ${runbook}`]),
      ...(!exists(runbook) || text(runbook).includes(alert) ? [] : [`${alert}: ${runbook} does not speak of it`]),
      ...(tested.has(alert) ? [] : [`${alert}: no test in alerts.test.yml lets it come`]),
    ];
  });
}

/** Topologies that come with Millrace and would not be missed: their name must stand in the alert for what nobody runs. */
export function unwatchedTopologies(): Findings {
  const expr = rules().find(({ alert }) => alert === 'MillraceNotRun')?.expr ?? '';
  const shipped = filesIn('topologies', /^(?!.*(\.test|\/topics)\.yaml$).*\.yaml$/).map(
    (path) => data<{ topology: string }>(path).topology,
  );
  return shipped
    .filter((topology) => !expr.includes(`absent(millrace_source_lag_records{topology="${topology}"})`))
    .map((topology) => `MillraceNotRun does not speak of ${topology}`);
}
