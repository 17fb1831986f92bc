import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import avro, { type Type } from 'avsc';
import type { Compatibility } from './compatibility.ts';
import { type AvroJson, schemasFolder } from './load.ts';

/** One version of a schema that records may have been written with. */
export interface SchemaVersion {
  name: string;
  /** From 1. */
  version: number;
  type: Type;
}

const folder = `${schemasFolder}history`;

/** Every version that was ever released, oldest first within a name. Each file holds a whole schema, references resolved. */
export function readHistory(): SchemaVersion[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((file) => /^(.+)\.(\d+)\.avsc$/.exec(file))
    .filter((match): match is RegExpExecArray => match !== null)
    .map(([file, name, version]) => ({
      name: name!,
      version: Number(version),
      type: avro.Type.forSchema(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')), { omitRecordMethods: true }),
    }))
    .sort((a, b) => a.name.localeCompare(b.name) || a.version - b.version);
}

/** The newest version of each schema. */
export function schemaVersions(): { schema: string; version: number }[] {
  const newest = new Map<string, number>();
  for (const file of readdirSync(folder)) {
    const [, name, version] = /^(.+)\.(\d+)\.avsc$/.exec(file) ?? [];
    if (name) newest.set(name, Math.max(newest.get(name) ?? 0, Number(version)));
  }
  return [...newest].map(([schema, version]) => ({ schema, version })).sort((a, b) => a.schema.localeCompare(b.schema));
}

/** The schema with defaults and docs, whole, as history and a registry keep it. */
export function wholeSchema(type: Type): AvroJson {
  return JSON.parse(JSON.stringify(type.schema({ exportAttrs: true })));
}

export function sameSchema(a: Type, b: Type): boolean {
  return JSON.stringify(wholeSchema(a)) === JSON.stringify(wholeSchema(b));
}

export function addVersion(name: string, version: number, type: Type): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${name}.${version}.avsc`, `${JSON.stringify(wholeSchema(type), null, 1)}\n`);
}

/** Why `next` may not follow `last` by what the schema declares; undefined where it may. */
export function incompatibility(last: Type, next: Type, declared: Compatibility): string | undefined {
  try {
    next.createResolver(last);
  } catch (error) {
    return `can't read what the last version wrote: ${(error as Error).message}`;
  }
  if (declared === 'BACKWARD') return undefined;
  try {
    last.createResolver(next);
  } catch (error) {
    return `the last version can't read what this one writes: ${(error as Error).message}`;
  }
  return undefined;
}
