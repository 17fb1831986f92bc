import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chart } from './chart.ts';
import { composeFile } from './compose.ts';
import { type Dashboard, dashboards, queriesOf } from './metrics.ts';
import { data, type Findings, root } from './repo.ts';

/** What a check says: what is wrong, or why it could not look. */
export interface Check {
  name: string;
  run(): Promise<Findings | { skipped: string }> | Findings | { skipped: string };
}

/** Where --fetch takes tools from: the versions that these files were checked with. */
const go = {
  compose: 'github.com/compose-spec/compose-go/v2/cmd@v2.16.2',
  helm: 'helm.sh/helm/v3/cmd/helm@v3.22.0',
  promtool: 'github.com/prometheus/prometheus/cmd/promtool@v0.316.0',
};
const schemas = 'kubernetes-validate==1.37.0';
/** The oldest version that the chart allows, and the newest whose schemas are known. */
const kubernetes = ['1.30', '1.37'];

type Tool = readonly string[];
type Result = Findings | { skipped: string };

/** Checks by other people's tools, each skipped where its tool isn't there. */
export function outsideChecks(fetch: boolean): Check[] {
  const promtool = find(['promtool'], go.promtool, fetch);
  const helm = find(['helm'], go.helm, fetch);
  const validate = kubernetesValidate(fetch);
  return [
    { name: 'compose: as compose itself reads it', run: () => composeReads(fetch) },
    ...['prometheus.yml', 'kubernetes.yml'].map((file) => ({
      name: `promtool check config ${file}`,
      run: () => promtoolReads(promtool, file),
    })),
    { name: 'promtool test rules', run: () => by(promtool, ['test', 'rules', 'ops/prometheus/alerts.test.yml']) },
    { name: 'promtool: queries of dashboards', run: () => queriesParse(promtool) },
    { name: 'helm lint', run: () => by(helm, ['lint', '--strict', '--quiet', chart]) },
    ...kubernetes.map((version) => ({
      name: `helm template, against the schemas of Kubernetes ${version}`,
      run: () => manifestsFit(helm, validate, version),
    })),
    { name: 'helm template refuses fewer slots than edges', run: () => slotsAreCounted(helm) },
  ];
}

function run(
  tool: Tool,
  args: readonly string[],
  input?: string,
): { code: number | null; output: string; out: string } {
  const { status, stdout, stderr, error } = spawnSync(tool[0]!, [...tool.slice(1), ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: 300_000,
    input: input ?? '',
  });
  return { code: status, output: `${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`.trim(), out: stdout ?? '' };
}

const works = (tool: Tool, args: readonly string[]): boolean => run(tool, args).code === 0;
const onPath = (name: string): boolean => spawnSync('which', [name]).status === 0;

function find(tool: Tool, module: string, fetch: boolean): Tool | { skipped: string } {
  // Debian has another promtool in its path's place; a fetched one is the version that compose runs.
  if (fetch && onPath('go')) return ['go', 'run', module];
  if (onPath(tool[0]!)) return tool;
  return { skipped: `${tool[0]} is not installed; --fetch takes it with Go` };
}

function by(tool: Tool | { skipped: string }, args: readonly string[]): Result {
  if ('skipped' in tool) return tool;
  const { code, output } = run(tool, args);
  return code === 0 ? [] : output.split('\n');
}

function composeReads(fetch: boolean): Result {
  if (onPath('docker') && works(['docker', 'compose'], ['version']))
    return by(['docker', 'compose'], ['-f', composeFile, 'config', '--quiet']);
  if (fetch && onPath('go')) return by(['go', 'run', go.compose], [composeFile]);
  return { skipped: 'docker compose is not installed; --fetch takes its loader with Go' };
}

function promtoolReads(promtool: Tool | { skipped: string }, file: string): Result {
  const result = by(promtool, ['check', 'config', `ops/prometheus/${file}`]);
  if (Array.isArray(result) && result.some((line) => line.includes('kubernetes_sd_configs not found')))
    return { skipped: 'this promtool was built without Kubernetes discovery, as Debian’s is; --fetch takes another' };
  return result;
}

/** As rules of a file of their own, for promtool reads no dashboards. */
function queriesParse(promtool: Tool | { skipped: string }): Result {
  const queries = dashboards().flatMap((path) => queriesOf(data<Dashboard>(path)));
  const rules = queries.map((query, index) => ({
    record: `query:${index}`,
    expr: query.replaceAll('$__rate_interval', '1m').replaceAll('$topology', '.*'),
  }));
  const folder = mkdtempSync(join(tmpdir(), 'millrace-ops-'));
  try {
    writeFileSync(join(folder, 'queries.json'), JSON.stringify({ groups: [{ name: 'queries', rules }] }));
    return by(promtool, ['check', 'rules', '--lint=none', join(folder, 'queries.json')]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function template(helm: Tool, version: string, args: readonly string[]) {
  return run(helm, ['template', 'millrace', chart, '--kube-version', `${version}.0`, ...args]);
}

function manifestsFit(helm: Tool | { skipped: string }, validate: Tool | { skipped: string }, version: string): Result {
  if ('skipped' in helm) return helm;
  const findings: Findings = [];
  for (const args of [[], ['-f', `${chart}/ci/everything.yaml`]]) {
    const { code, output, out } = template(helm, version, args);
    if (code !== 0) findings.push(...output.split('\n'));
    else if ('skipped' in validate) return validate;
    else {
      const folder = mkdtempSync(join(tmpdir(), 'millrace-ops-'));
      writeFileSync(join(folder, 'manifests.yaml'), out);
      const result = by(validate, ['--strict', '--quiet', '-k', version, join(folder, 'manifests.yaml')]);
      rmSync(folder, { recursive: true });
      if (Array.isArray(result)) findings.push(...result);
    }
  }
  return findings;
}

function slotsAreCounted(helm: Tool | { skipped: string }): Result {
  if ('skipped' in helm) return helm;
  const { code, output } = template(helm, kubernetes[0]!, ['--set', 'gateways=8']);
  return code !== 0 && output.includes('gateways is 8')
    ? []
    : ['eight slots for eight edges and one on top were taken'];
}

/** In a virtual environment of its own, in the user's cache. */
function kubernetesValidate(fetch: boolean): Tool | { skipped: string } {
  if (onPath('kubernetes-validate')) return ['kubernetes-validate'];
  const place = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'millrace', 'kubernetes-validate');
  const tool = join(place, 'bin', 'kubernetes-validate');
  if (fetch && !existsSync(tool) && onPath('python3')) {
    run(['python3'], ['-m', 'venv', place]);
    run([join(place, 'bin', 'pip')], ['install', '--quiet', schemas]);
  }
  return existsSync(tool) ? [tool] : { skipped: 'kubernetes-validate is not installed; --fetch takes it from PyPI' };
}
