import { settings } from '../../config/settings.ts';
import { data, type Findings, filesIn, text } from './repo.ts';

/** Settings that are being built while these files were written. Take each out once config/settings.ts has it. */
const coming = new Set<string>([]);

/** Not settings, but names that Kubernetes would make of a Service, and that a comment speaks of. */
const notSettings = new Set(['MILLRACE_SERVICE_HOST']);

/** Every variable that a process takes; a secret may also stand in a file that its name with _FILE names. */
function knownSettings(): Set<string> {
  return new Set(Object.values(settings).flatMap(({ env, secret }) => (secret ? [env, `${env}_FILE`] : [env])));
}

/** Settings that only the command line reads, by which it finds a process. */
function commandSettings(): Set<string> {
  const sources = ['cli', 'config', 'server'].flatMap((folder) => filesIn(folder, /\.ts$/)).map(text);
  return new Set(sources.flatMap((source) => [...source.matchAll(/\bMILLRACE_[A-Z0-9_]+\b/g)].map(([name]) => name)));
}

const namesIn = (path: string): string[] => [
  ...new Set([...text(path).matchAll(/\bMILLRACE_[A-Z][A-Z0-9_]*\b/g)].map(([name]) => name)),
];

/** A name that a process doesn't know stops its start, so every one that is set somewhere must exist. */
export function unknownSettings(): Findings {
  const known = knownSettings();
  const set = ['docker-compose.kafka.yml', 'ops/Dockerfile', ...filesIn('ops/helm', /\.(ya?ml|tpl|json)$/)];
  const told = [...filesIn('docs/runbooks', /\.md$/), ...filesIn('ops', /\.md$/)];
  const commands = commandSettings();
  return [
    ...set.flatMap((path) =>
      namesIn(path)
        .filter((name) => !known.has(name))
        .map((name) => ({ path, name })),
    ),
    ...told.flatMap((path) =>
      namesIn(path)
        .filter((name) => !known.has(name) && !commands.has(name))
        .map((name) => ({ path, name })),
    ),
  ]
    .filter(({ name }) => !coming.has(name) && !notSettings.has(name))
    .map(({ path, name }) => `${path}: ${name} is no setting of config/settings.ts`);
}

/** Names on the list of coming ones that are used, and that settings don't have yet: a start with them would fail. */
export function awaitedSettings(): string[] {
  const known = knownSettings();
  return [...coming].filter((name) => !known.has(name));
}

/** Values that a setting doesn't take, in the places that set them as they are. */
export function unfitValues(): Findings {
  const compose = data<{ 'x-millrace': { environment: Record<string, string> } }>('docker-compose.kafka.yml');
  const values = data<{ settings: Record<string, string>; secrets: Record<string, unknown> }>(
    'ops/helm/millrace/values.yaml',
  );
  const secret = new Set(Object.values(settings).flatMap((each) => (each.secret ? [each.env] : [])));
  const choices = new Map(
    Object.values(settings).map(({ env, schema }) => [
      env,
      (schema as { anyOf?: { const?: string }[] }).anyOf?.flatMap(({ const: value }) => value ?? []) ?? [],
    ]),
  );
  const check = (where: string, set: Record<string, string>): Findings =>
    Object.entries(set).flatMap(([name, value]) => {
      const choice = choices.get(name) ?? [];
      return choice.length > 0 && !value.startsWith('${') && !choice.includes(String(value))
        ? [`${where}: ${name} is ${value}, and takes ${choice.join(', ')}`]
        : [];
    });
  return [
    ...check('docker-compose.kafka.yml', compose['x-millrace'].environment),
    ...check('values.yaml', values.settings),
    ...Object.keys(values.settings)
      .filter((name) => secret.has(name))
      .map((name) => `values.yaml: ${name} is secret, and stands among the plain settings`),
  ];
}
