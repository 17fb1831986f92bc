import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import type { Type } from 'avsc';
import { avroType } from '../../schemas/load.ts';
import type { FlowSchema } from '../processor.ts';

/** What a CEL expression of a topology file sees of a record. */
export interface Scope {
  value: unknown;
  key: string;
  /** Milliseconds since 1970. */
  time: number;
  schema: string;
  joined: { [name: string]: unknown };
}

export interface ExpressionError {
  message: string;
  /** Where in the expression, counted from 0. */
  start: number;
  end: number;
}

export type Expression = (scope: Scope) => unknown;

/**
 * CEL (cel.dev): terminates always, changes nothing, and sees neither clock nor I/O, so that a topology stays
 * deterministic. Fields of `value` are known from the Avro schema where a node has one input schema; numbers are doubles,
 * as JavaScript has them.
 */
export function compile(
  text: string,
  schemas: readonly FlowSchema[],
  joined: { [name: string]: string },
  wanted: 'bool' | 'string',
): { expression: Expression } | { error: ExpressionError } {
  const environment = environmentFor(schemas, joined);
  const checked = environment.check(text);
  if (!checked.valid) return { error: located(checked.error!, text) };
  if (checked.type !== wanted && checked.type !== 'dyn') {
    return { error: { message: `gives ${checked.type}, and must give ${wanted}`, start: 0, end: text.length } };
  }
  const parsed = environment.parse(text);
  return { expression: (scope) => parsed(scope as unknown as Record<string, unknown>) };
}

function environmentFor(schemas: readonly FlowSchema[], joined: { [name: string]: string }): Environment {
  const environment = new Environment({ unlistedVariablesAreDyn: false })
    .registerVariable('key', 'string')
    .registerVariable('time', 'double')
    .registerVariable('schema', 'string');
  const [only, ...more] = new Set(schemas);
  declare(environment, 'value', more.length === 0 ? only : undefined);
  environment.registerVariable({
    name: 'joined',
    schema: Object.fromEntries(Object.keys(joined).map((name) => [name, 'dyn'])),
  });
  return environment;
}

function declare(environment: Environment, name: string, schema: string | undefined): void {
  const type = schema === undefined ? undefined : avroType(schema);
  const fields = type && fieldsOf(type);
  if (fields) environment.registerVariable({ name, schema: fields });
  else environment.registerVariable(name, 'dyn');
}

type CelSchema = { [field: string]: string | CelSchema };

/** An Avro record as CEL declares it; what CEL can't tell apart (unions, numbers) is checked when it is evaluated. */
function fieldsOf(type: Type): CelSchema | undefined {
  const record = type as unknown as { fields?: { name: string; type: Type }[] };
  if (!record.fields) return undefined;
  return Object.fromEntries(record.fields.map((field) => [field.name, celType(field.type)]));
}

function celType(type: Type): string | CelSchema {
  switch (type.typeName as string) {
    case 'record':
      return fieldsOf(type) ?? 'dyn';
    case 'string':
    case 'enum':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'array':
      return 'list';
    case 'map':
      return 'map';
    case 'bytes':
      return 'bytes';
    default:
      return 'dyn';
  }
}

function located(
  error: {
    message: string;
    summary?: string;
    node?: ASTNode | { pos: number };
    range?: { start: number; end: number };
  },
  text: string,
): ExpressionError {
  const start = error.range?.start ?? (error.node as { pos?: number } | undefined)?.pos ?? 0;
  const end = error.range?.end ?? text.length;
  return { message: (error.summary ?? error.message.split('\n', 1)[0])!, start, end: Math.max(end, start + 1) };
}
