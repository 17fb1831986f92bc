import type { TSchema } from '@sinclair/typebox';
import { Value, ValueErrorType } from '@sinclair/typebox/value';
import { nodeKinds, TopicsFile, TopologyFile } from './format.ts';
import { didYouMean } from './problem.ts';
import type { Path, SourceFile } from './source-file.ts';

/** Checks a file's shape, noting every problem; the typed value where there is none. */
export function validateTopology(source: SourceFile): TopologyFile | undefined {
  const value = source.value();
  if (source.problems.length > 0) return undefined;
  const before = source.problems.length;
  const nodes = isObject(value) && isObject(value['nodes']) ? value['nodes'] : {};
  // Each node is checked against its own kind: a union's errors would say only that none of them fits.
  for (const [id, node] of Object.entries(nodes)) validateNode(source, id, node);
  check(source, TopologyFile, isObject(value) ? { ...value, nodes: {} } : value, [], TopologyFile);
  if (isObject(value) && Object.keys(nodes).length === 0)
    source.report('no-nodes', ['nodes'], 'a topology needs nodes');
  for (const id of Object.keys(nodes)) {
    if (!/^[a-z][a-z0-9-]*$/.test(id)) {
      source.reportKey('node-id', ['nodes', id], `node id "${id}" must be lower case letters, digits and dashes`);
    }
  }
  return source.problems.length === before ? (value as TopologyFile) : undefined;
}

export function validateTopics(source: SourceFile): TopicsFile | undefined {
  const value = source.value();
  if (source.problems.length > 0) return undefined;
  check(source, TopicsFile, value, [], TopicsFile);
  return source.problems.length === 0 ? (value as TopicsFile) : undefined;
}

function validateNode(source: SourceFile, id: string, node: unknown): void {
  const path: Path = ['nodes', id];
  if (!isObject(node)) return source.report('node-shape', path, `node "${id}" must be a map`);
  const kinds = Object.keys(nodeKinds).filter((kind) => kind in node);
  if (kinds.length === 1) return check(source, nodeKinds[kinds[0]!]!, node, path, nodeKinds[kinds[0]!]!);
  if (kinds.length > 1) {
    return source.reportKey(
      'node-kind',
      [...path, kinds[1]!],
      `node "${id}" is both ${kinds.join(' and ')}: make it two nodes`,
    );
  }
  const wrong = Object.keys(node)[0];
  const meant = wrong === undefined ? undefined : didYouMean(wrong, Object.keys(nodeKinds));
  source.reportKey(
    'node-kind',
    wrong === undefined ? path : [...path, wrong],
    `node "${id}" needs one of: source, processor, sink`,
    meant,
  );
}

function check(source: SourceFile, schema: TSchema, value: unknown, base: Path, root: TSchema): void {
  const seen = new Set<string>();
  for (const error of Value.Errors(schema, value)) {
    const path = pathOf(error.path);
    if (seen.has(error.path)) continue;
    seen.add(error.path);
    const at = [...base, ...path];
    const name = String(path.at(-1) ?? '');
    switch (error.type) {
      case ValueErrorType.ObjectAdditionalProperties: {
        const home = homeOf(name, root);
        const misplaced = home && home !== placeOf(path) ? `; it belongs ${home}` : '';
        source.reportKey(
          'unknown-field',
          at,
          `there is no field "${name}" here${misplaced}`,
          didYouMean(name, fieldsAt(schema, path.slice(0, -1))),
        );
        break;
      }
      case ValueErrorType.ObjectRequiredProperty:
        source.report('missing-field', at, `field "${name}" is missing`);
        break;
      default:
        source.report(
          'wrong-value',
          at,
          `${name || 'the file'}: ${describe(error.schema)}`,
          suggestValue(error.schema, error.value),
        );
    }
  }
}

function describe(schema: TSchema): string {
  const choices = literalsOf(schema);
  if (choices.length > 0) return `must be one of ${choices.join(', ')}`;
  if (schema.description && schema['pattern']) return `must look like ${schema['pattern']}: ${schema.description}`;
  if (schema['anyOf']) return `must be one of the forms that docs/topology-format.md shows`;
  const bounds = [
    schema['minimum'] === undefined ? '' : ` from ${schema['minimum']}`,
    schema['maximum'] === undefined ? '' : ` to ${schema['maximum']}`,
  ].join('');
  return `must be ${schema['type'] === 'object' ? 'a map' : `a ${schema['type']}`}${bounds}`;
}

function suggestValue(schema: TSchema, value: unknown): string | undefined {
  return typeof value === 'string' ? didYouMean(value, literalsOf(schema)) : undefined;
}

function literalsOf(schema: TSchema): string[] {
  const variants = (schema['anyOf'] as TSchema[] | undefined) ?? [schema];
  return variants.map((variant) => variant['const']).filter((value): value is string => typeof value === 'string');
}

/** Names of the fields that an object at a path may have. */
function fieldsAt(schema: TSchema, path: Path): string[] {
  let objects: TSchema[] = [schema];
  for (const step of path) {
    objects = objects
      .flatMap((object) => (object['anyOf'] as TSchema[] | undefined) ?? [object])
      .map(
        (object) =>
          object['properties']?.[step] ?? Object.values((object['patternProperties'] as object | undefined) ?? {})[0],
      )
      .filter((next): next is TSchema => next !== undefined);
  }
  return objects
    .flatMap((object) => (object['anyOf'] as TSchema[] | undefined) ?? [object])
    .flatMap((object) => Object.keys((object['properties'] as object | undefined) ?? {}));
}

/** Where a field of this name belongs, for one that stands in the wrong place. */
function homeOf(name: string, root: TSchema): string | undefined {
  const top = Object.keys((TopologyFile.properties as object) ?? {});
  if (root !== TopologyFile && top.includes(name)) return 'at the top of the file';
  for (const [kind, schema] of Object.entries(nodeKinds)) {
    if (schema !== root && name in (schema['properties'] as object)) return `in a ${kind} node`;
    if (name in ((schema['properties'][kind]?.['properties'] as object | undefined) ?? {})) return `inside "${kind}:"`;
  }
  return undefined;
}

function placeOf(path: Path): string {
  return path.length > 1 ? `inside "${path.at(-2)}:"` : '';
}

function pathOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
