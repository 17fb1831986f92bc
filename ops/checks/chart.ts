import { data, type Findings, filesIn, text } from './repo.ts';

export const chart = 'ops/helm/millrace';

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
}

/** Values that the schema or a template doesn't know, and such that a template asks for and nobody gives. */
export function chartFindings(): Findings {
  const values = data<Record<string, unknown>>(`${chart}/values.yaml`);
  const schema = data<Schema>(`${chart}/values.schema.json`);
  const templates = filesIn(`${chart}/templates`, /\.(ya?ml|tpl|txt)$/i);
  const asked = templates.flatMap((path) =>
    [...text(path).matchAll(/\.Values\.([\w.]+)/g)].map(([, name]) => ({ path, name: name!.replace(/\.$/, '') })),
  );
  const serves = ['server', 'edge'].flatMap((folder) => filesIn(folder, /\.ts$/)).map(text);
  const probed = [
    ...templates
      .map(text)
      .join('\n')
      .matchAll(/httpGet: \{ path: (\S+),/g),
  ].map(([, path]) => path!);
  return [
    ...probed
      .filter((path) => !serves.some((source) => source.includes(`'${path}'`)))
      .map((path) => `templates: nothing serves the probe ${path}`),
    ...strangers(values, schema, ''),
    ...asked
      .filter(({ name }) => at(values, name) === undefined)
      .map(({ path, name }) => `${path}: values.yaml has no ${name}`),
    ...Object.keys(values)
      .filter((name) => !asked.some((each) => each.name === name || each.name.startsWith(`${name}.`)))
      .map((name) => `values.yaml: no template reads ${name}`),
    ...(data<{ appVersion: string }>(`${chart}/Chart.yaml`).appVersion ===
    data<{ version: string }>('package.json').version
      ? []
      : ['Chart.yaml: appVersion is not the version of package.json']),
  ];
}

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], value);

/** Keys of values that the schema has no place for, and properties of the schema without a default. */
function strangers(value: unknown, schema: Schema, path: string): Findings {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const { properties = {}, additionalProperties: rest } = schema;
  const keys = Object.entries(value).flatMap(([key, part]) => {
    const known = properties[key] ?? (typeof rest === 'object' ? rest : undefined);
    if (known) return strangers(part, known, `${path}${key}.`);
    return rest === false ? [`values.yaml: ${path}${key} is not in values.schema.json`] : [];
  });
  const lacking = Object.keys(properties).filter((key) => !(key in value) && key !== 'global');
  return [...keys, ...lacking.map((key) => `values.schema.json: ${path}${key} has no default in values.yaml`)];
}
