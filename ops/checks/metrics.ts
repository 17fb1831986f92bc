import { collectDefaultMetrics, Registry } from 'prom-client';
import { data, type Findings, filesIn, text } from './repo.ts';

export interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

interface Panel {
  id: number;
  title: string;
  type: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: { uid: string };
  targets?: { expr: string; datasource?: { uid: string } }[];
}

export interface Dashboard {
  uid: string;
  panels: Panel[];
}

/** Of Prometheus itself. */
const others = ['up', 'ALERTS'];

export const rules = (): Rule[] =>
  filesIn('ops/prometheus/rules', /\.yml$/).flatMap((path) =>
    data<{ groups: { rules: Rule[] }[] }>(path).groups.flatMap((group) => group.rules),
  );
export const dashboards = (): string[] => filesIn('ops/grafana/dashboards', /\.json$/);

/** What a process can have on /metrics: by the sources that make metrics, and what prom-client adds by itself. */
export function knownMetrics(): Set<string> {
  const sources = ['edge', 'runtime', 'server', 'platform']
    .flatMap((folder) => filesIn(folder, /(?<!\.test|\.stack|\.faults)\.ts$/))
    .map(text)
    .filter((source) => source.includes('prom-client'));
  const names = sources.flatMap((source) => [...source.matchAll(/'(millrace_[a-z0-9_]+)'/g)].map(([, name]) => name!));
  const histograms = sources.flatMap((source) =>
    [...source.matchAll(/new Histogram\(\{\s*name: '(millrace_[a-z0-9_]+)'/g)].map(([, name]) => name!),
  );
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const byDefault = registry.getMetricsAsArray().map(({ name }) => name);
  registry.clear();
  return new Set([
    ...names.filter((name) => !histograms.includes(name)),
    ...histograms.flatMap((name) => [`${name}_bucket`, `${name}_count`, `${name}_sum`]),
    ...byDefault,
    ...others,
  ]);
}

/** The names of metrics in a query: what is left without texts, matchers, ranges, labels and functions. */
export function metricsOf(query: string): string[] {
  const bare = query
    .replace(/label_values\((.*),[^,]*\)/, '$1')
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}/g, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\b(by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)/g, '');
  const words = [...bare.matchAll(/(?<![\w:.$])([a-zA-Z_:][\w:]*)(?![\w:]*\s*\()/g)].map(([, word]) => word!);
  const operators = new Set(['and', 'or', 'unless', 'bool', 'offset', 'by', 'on', 'without', 'ignoring']);
  return words.filter((word) => !operators.has(word));
}

export const queriesOf = (dashboard: Dashboard): string[] =>
  dashboard.panels.flatMap(({ targets }) => (targets ?? []).map(({ expr }) => expr));

/** Queries of rules and dashboards that ask for what nobody has. */
export function unknownMetrics(): Findings {
  const recorded = rules().flatMap(({ record }) => record ?? []);
  const known = new Set([...knownMetrics(), ...recorded]);
  const asked = [
    ...rules().map(({ alert, record, expr }) => ({ where: `rule ${alert ?? record}`, expr })),
    ...dashboards().flatMap((path) => queriesOf(data<Dashboard>(path)).map((expr) => ({ where: path, expr }))),
  ];
  return asked.flatMap(({ where, expr }) => {
    const names = metricsOf(expr);
    if (names.length === 0) return [`${where}: no metric in ${expr}`];
    return names.filter((name) => !known.has(name)).map((name) => `${where}: there is no metric ${name}`);
  });
}

/** Panels that lie upon each other, have one id, or ask a datasource that isn't provisioned. */
export function misbuiltDashboards(): Findings {
  const provisioned = data<{ datasources: { uid: string }[] }>('ops/grafana/provisioning/datasources/prometheus.yml');
  const uids = new Set(provisioned.datasources.map(({ uid }) => uid));
  return dashboards().flatMap((path) => {
    const { panels } = data<Dashboard>(path);
    const overlap = (a: Panel['gridPos'], b: Panel['gridPos']): boolean =>
      a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
    return panels.flatMap((panel, index) => [
      ...panels
        .slice(index + 1)
        .filter(({ id, gridPos }) => id === panel.id || overlap(gridPos, panel.gridPos))
        .map((other) => `${path}: ${panel.title} and ${other.title} share a place or an id`),
      ...[panel.datasource, ...(panel.targets ?? []).map(({ datasource }) => datasource)]
        .filter((source) => source && !uids.has(source.uid))
        .map((source) => `${path}: ${panel.title} asks ${source!.uid}, which is not provisioned`),
    ]);
  });
}
