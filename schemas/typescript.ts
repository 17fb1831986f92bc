import type { Type, types } from 'avsc';

/** TypeScript declarations for Avro types: one exported interface or union of strings for each named type. */
export function typescriptOf(schemas: Map<string, Type>): string {
  const done = new Map<string, string>();
  for (const type of schemas.values()) declare(type, done);
  const names = [...schemas.keys()].sort();
  return [
    '// Made from schemas/*.avsc by `npm run generate`. Changes here are lost.',
    '',
    ...[...done.keys()].sort().map((name) => done.get(name)),
    '/** Every schema that a record of the log may have, by name. */',
    'export interface Schemas {',
    ...names.map((name) => `  ${name}: ${name};`),
    '}',
    '',
    `export const schemaNames = [${names.map((name) => `'${name}'`).join(', ')}] as const;`,
    '',
  ].join('\n');
}

function declare(type: Type, done: Map<string, string>): string {
  switch (type.typeName) {
    case 'null':
      return 'null';
    case 'boolean':
      return 'boolean';
    case 'int':
    case 'long':
    case 'float':
    case 'double':
      return 'number';
    case 'string':
      return 'string';
    case 'bytes':
    case 'fixed':
      return 'Buffer';
    case 'array': {
      const item = declare((type as types.ArrayType).itemsType, done);
      return item.includes(' ') ? `(${item})[]` : `${item}[]`;
    }
    case 'map':
      return `{ [key: string]: ${declare((type as types.MapType).valuesType, done)} }`;
    case 'union:unwrapped':
      return (type as types.UnwrappedUnionType).types.map((branch) => declare(branch, done)).join(' | ');
    case 'union:wrapped':
      // avsc wraps a value of an ambiguous union in an object whose one key is the branch's name.
      return (type as types.WrappedUnionType).types
        .map((branch) => `{ ${branch.branchName}: ${declare(branch, done)} }`)
        .join(' | ');
    case 'enum': {
      const symbols = (type as types.EnumType).symbols.map((symbol) => `'${symbol}'`).join(' | ');
      done.set(type.name!, `export type ${type.name} = ${symbols};\n`);
      return type.name!;
    }
    case 'record': {
      if (!done.has(type.name!)) {
        done.set(type.name!, '');
        done.set(type.name!, recordDeclaration(type as types.RecordType, done));
      }
      return type.name!;
    }
    default:
      throw new Error(`No TypeScript for Avro's ${type.typeName}`);
  }
}

function recordDeclaration(type: types.RecordType, done: Map<string, string>): string {
  const fields = type.fields.map((field) => {
    const doc = (field as { doc?: string }).doc;
    return `${doc ? `  /** ${doc} */\n` : ''}  ${field.name}: ${declare(field.type, done)};`;
  });
  const doc = (type as { doc?: string }).doc;
  const body = fields.length === 0 ? '' : `\n${fields.join('\n')}\n`;
  return `${doc ? `/** ${doc} */\n` : ''}export interface ${type.name} {${body}}\n`;
}
