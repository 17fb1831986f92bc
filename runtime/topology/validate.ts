import type { TSchema } from '@sinclair/typebox';
import { Value, ValueErrorType } from '@sinclair/typebox/value';
import { resolveEnvironment, type Variables } from './environment.ts';
import { mostNodes, type NodeKind, nodeKinds, TopicsFile, TopologyFile } from './format/index.ts';
import { didYouMean } from './problem.ts';
import type { Path, SourceFile } from './source-file.ts';

/** A file's value with the environment in place, its shape checked. */
export interface Validated<Shape> {
  /** As it is written, references to the environment unresolved: what a deployment compares and keeps. */
  written: unknown;
  /** Without what has a wrong shape. */
  value: Shape;
  /** Ids of nodes that were left out. */
  broken: Set<string>;
}

/** Checks a file's shape, noting every problem; undefined where nothing in it can be checked further. */
export function validateTopology(source: SourceFile, variables: Variables): Validated<TopologyFile> | undefined {
  const written = source.value();
  if (source.problems.length > 0) return undefined;
  const count = isObject(written) && isObject(written['nodes']) ? Object.keys(written['nodes']).length : 0;
  if (count > mostNodes) {
    source.reportKey('too-many-nodes', ['nodes'], `a topology has at most ${mostNodes} nodes, and this one ${count}`);
    return undefined;
  }
  const value = resolveEnvironment(source, written, variables);
  const nodes = isObject(value) && isObject(value['nodes']) ? value['nodes'] : {};
  const broken = new Set<string>();
  // Each node is checked against its own kind: a union's errors would say only that none of them fits.
  for (const [id, node] of Object.entries(nodes)) {
    const before = source.problems.length;
    validateNode(source, id, node);
    if (source.problems.length > before) broken.add(id);
  }
  const before = source.problems.length;
  check(source, TopologyFile, isObject(value) ? { ...value, nodes: {} } : value, [], TopologyFile);
  if (source.problems.length > before) return undefined;
  if (Object.keys(nodes).length === 0) source.report('no-nodes', ['nodes'], 'a topology needs nodes');
  for (const id of Object.keys(nodes)) {
    if (!/^[a-z][a-z0-9-]*$/.test(id)) {
      source.reportKey('node-id', ['nodes', id], `node id "${id}" must be lower case letters, digits and dashes`);
    }
  }
  const whole = Object.entries(nodes).filter(([id]) => !broken.has(id));
  return { written, value: { ...(value as TopologyFile), nodes: Object.fromEntries(whole) as never }, broken };
}

export function validateTopics(source: SourceFile, variables: Variables): Validated<TopicsFile> | undefined {
  const written = source.value();
  if (source.problems.length > 0) return undefined;
  const value = resolveEnvironment(source, written, variables);
  check(source, TopicsFile, value, [], TopicsFile);
  const usable = isObject(value) && isObject(value['topics']);
  return usable ? { written, value: value as TopicsFile, broken: new Set() } : undefined;
}

function validateNode(source: SourceFile, id: string, node: unknown): void {
  const path: Path = ['nodes', id];
  if (!isObject(node)) return source.report('node-shape', path, `node "${id}" must be a map`);
  const kinds = (Object.keys(nodeKinds) as NodeKind[]).filter((kind) => kind in node);
  if (kinds.length === 1) return check(source, nodeKinds[kinds[0]!], node, path, nodeKinds[kinds[0]!]);
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
    `node "${id}" needs one of: ${Object.keys(nodeKinds).join(', ')}`,
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
      default: {
        const variant = isObject(error.value) ? likeliest(error.schema, error.value) : undefined;
        if (variant) {
          check(source, variant, error.value, at, root);
          break;
        }
        source.report(
          'wrong-value',
          at,
          `${name || 'the file'}: ${describe(error.schema)}`,
          suggestValue(error.schema, error.value),
        );
      }
    }
  }
}

/** Of several forms of a map the one that was meant, by its fields: its problems say more than that none fits. */
function likeliest(schema: TSchema, value: { [key: string]: unknown }): TSchema | undefined {
  const variants = ((schema['anyOf'] as TSchema[] | undefined) ?? []).filter((variant) => variant['properties']);
  const shared = (variant: TSchema): number =>
    Object.keys(value).filter((name) => name in variant['properties']).length;
  return variants.sort((a, b) => shared(b) - shared(a))[0];
}

function describe(schema: TSchema): string {
  const choices = literalsOf(schema);
  if (choices.length > 0) return `must be one of ${choices.join(', ')}`;
  if (schema.description && schema['pattern']) return `must look like ${schema['pattern']}: ${schema.description}`;
  if (schema['pattern']) return `must be a string like ${schema['pattern']}`;
  if (schema['anyOf']) return `must be one of the forms that docs/topology-format.md shows`;
  const bounds = [
    schema['minimum'] === undefined ? '' : ` from ${schema['minimum']}`,
    schema['maximum'] === undefined ? '' : ` to ${schema['maximum']}`,
  ].join('');
  return `must be ${schema['type'] === 'object' ? 'a map' : `${schema['type'] === 'integer' ? 'an' : 'a'} ${schema['type']}`}${bounds}`;
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
  for (const [kind, schema] of Object.entries<TSchema>(nodeKinds)) {
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
