import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import avro, { type Type } from 'avsc';

/** An Avro schema as its file says it (JSON). */
export type AvroJson = string | { [key: string]: unknown } | AvroJson[];

export const schemasFolder = fileURLToPath(new URL('.', import.meta.url));

/**
 * Reads every *.avsc of a folder into avsc types, by name. Files may refer to each other's names; a name that no file
 * defines, or a circle, is an error that says which file asked for it.
 */
export function loadSchemas(folder: string = schemasFolder): Map<string, Type> {
  const sources = new Map<string, AvroJson>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.avsc'))) {
    sources.set(file.slice(0, -'.avsc'.length), JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')));
  }
  const registry: { [name: string]: Type } = {};
  const types = new Map<string, Type>();
  const open = new Set<string>();

  function load(name: string, askedBy: string): void {
    if (types.has(name)) return;
    const source = sources.get(name);
    if (source === undefined) throw new Error(`${askedBy}: unknown schema "${name}"`);
    if (open.has(name)) throw new Error(`${askedBy}: schemas refer to each other in a circle through "${name}"`);
    open.add(name);
    for (const reference of references(source, sources)) if (reference !== name) load(reference, `${name}.avsc`);
    types.set(name, avro.Type.forSchema(source as never, { registry, omitRecordMethods: true }));
    open.delete(name);
  }

  // A name defined inside another file (an enum, say) is known once that file is loaded: those files go first.
  const owners = new Map<string, string>();
  for (const [file, source] of sources) for (const inner of definitions(source)) owners.set(inner, file);
  function references(source: AvroJson, known: Map<string, AvroJson>): string[] {
    const own = new Set(definitions(source));
    return mentioned(source)
      .filter((name) => !own.has(name))
      .map((name) => (known.has(name) ? name : owners.get(name)))
      .filter((name): name is string => name !== undefined);
  }
  for (const name of [...sources.keys()].sort()) load(name, `${name}.avsc`);
  for (const type of Object.values(registry)) makePlain(type);
  return types;
}

/**
 * What avsc decodes are instances of classes that it makes for each record and union branch. Without a constructor of their
 * own they are plain objects to whoever looks at them (CEL takes no others), as those are that steps make.
 */
function makePlain(type: Type): void {
  const { recordConstructor, _branchConstructor } = type as unknown as {
    [name: string]: { prototype: { constructor?: unknown } } | undefined;
  };
  for (const made of [recordConstructor, _branchConstructor]) delete made?.prototype.constructor;
}

function definitions(schema: AvroJson): string[] {
  if (typeof schema !== 'object') return [];
  if (Array.isArray(schema)) return schema.flatMap(definitions);
  const inner = nested(schema).flatMap(definitions);
  return typeof schema['name'] === 'string' && schema['type'] !== undefined && isNamed(schema)
    ? [schema['name'], ...inner]
    : inner;
}

function mentioned(schema: AvroJson): string[] {
  if (typeof schema === 'string') return [schema];
  return Array.isArray(schema) ? schema.flatMap(mentioned) : nested(schema).flatMap(mentioned);
}

function nested(schema: { [key: string]: unknown }): AvroJson[] {
  const fields = (schema['fields'] ?? []) as { type: AvroJson }[];
  const inner: AvroJson[] = fields.map((field) => field.type);
  if (schema['items'] !== undefined) inner.push(schema['items'] as AvroJson);
  if (schema['values'] !== undefined) inner.push(schema['values'] as AvroJson);
  if (typeof schema['type'] === 'object' && schema['type'] !== null) inner.push(schema['type'] as AvroJson);
  return inner;
}

function isNamed(schema: { [key: string]: unknown }): boolean {
  return schema['type'] === 'record' || schema['type'] === 'enum' || schema['type'] === 'fixed';
}

let loaded: Map<string, Type> | undefined;

/** The current type of a schema; undefined for an unknown name. */
export function avroType(name: string): Type | undefined {
  loaded ??= loadSchemas();
  return loaded.get(name);
}

/** Names of a record schema's fields; undefined for another kind of schema, or an unknown name. */
export function avroFields(name: string): string[] | undefined {
  return (avroType(name) as unknown as { fields?: { name: string }[] } | undefined)?.fields?.map(({ name }) => name);
}
