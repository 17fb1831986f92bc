import type { TSchema } from '@sinclair/typebox';
import { nodeKinds, TopicsFile, TopologyFile } from './index.ts';
import { Errors } from './parts.ts';

/** docs/topology-reference.md: every field, from the definition that also parses and lints. */
export function topologyReferencePage(): string {
  const topic = Object.values(
    (TopicsFile.properties.topics as unknown as { patternProperties: object }).patternProperties,
  )[0];
  const sections: [string, TSchema][] = [
    ['The file', TopologyFile],
    ...Object.entries<TSchema>(nodeKinds).map(([kind, schema]): [string, TSchema] => [`Node: ${kind}`, schema]),
    ['errors', Errors],
    ['A topic in topics.yaml', topic as TSchema],
  ];
  return [
    '# Every field of topology files',
    '',
    'Made from runtime/topology/format/ by `npm run generate`; [topology-format.md](topology-format.md) explains them together.',
    '',
    ...sections.flatMap(([title, schema]) => [
      `## ${title}`,
      '',
      ...(schema.description ? [schema.description, ''] : []),
      '| field | | |',
      '| --- | --- | --- |',
      ...rowsOf(schema, ''),
      '',
    ]),
  ].join('\n');
}

function rowsOf(schema: TSchema, prefix: string): string[] {
  const required = new Set((schema['required'] as string[] | undefined) ?? []);
  return Object.entries((schema['properties'] as { [name: string]: TSchema } | undefined) ?? {}).flatMap(
    ([name, field]) => {
      const path = prefix + name;
      const row = `| \`${path}\` | ${typeOf(field)}${required.has(name) ? '' : ', optional'} | ${escaped(field.description ?? '')} |`;
      const inner = variantsOf(field).flatMap((variant) => (variant['properties'] ? rowsOf(variant, `${path}.`) : []));
      return [row, ...new Set(inner)];
    },
  );
}

function variantsOf(schema: TSchema): TSchema[] {
  return (schema['anyOf'] as TSchema[] | undefined) ?? [schema];
}

function typeOf(schema: TSchema): string {
  const types = variantsOf(schema).map((variant) => {
    if (variant['const'] !== undefined) return `\`${variant['const']}\``;
    if (variant['type'] === 'object') return 'map';
    if (variant['type'] === 'array') return 'list';
    const { minimum, maximum } = variant as { minimum?: number; maximum?: number };
    return minimum === undefined || maximum === undefined ? String(variant['type']) : `${minimum} to ${maximum}`;
  });
  return [...new Set(types)].join(' or ');
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
