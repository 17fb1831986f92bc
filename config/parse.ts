import { Value } from '@sinclair/typebox/value';
import { MillraceError } from '../platform/errors/error.ts';
import { didYouMean } from '../runtime/topology/problem.ts';
import { type Settings, settings } from './settings.ts';

/** Variables of the MILLRACE_ family that belong to tests and commands, not to the process's settings. */
const others = new Set(['MILLRACE_URL', 'MILLRACE_TOKEN', 'MILLRACE_OPS_URL']);

/**
 * The settings from an environment. All that is wrong is reported at once: `config_invalid` names each variable, the
 * reason and what it may be; a MILLRACE_ variable that is no setting is an error too.
 */
export function parseSettings(env: { [name: string]: string | undefined }): Settings {
  const problems: string[] = [];
  const values: { [name: string]: unknown } = {};
  for (const [name, { env: variable, schema, help, secret }] of Object.entries(settings)) {
    const text = env[variable];
    if (text === undefined || text === '') {
      values[name] = schema['default'];
      continue;
    }
    const value = Value.Convert(schema, text);
    const error = Value.Errors(schema, value).First();
    if (error) problems.push(`${variable}${secret ? '' : `=${text}`}: ${reason(schema, error.message)}. ${help}`);
    else if (variable === 'MILLRACE_JWT_SECRET' && Buffer.byteLength(text) < 32)
      problems.push(`${variable}: must have at least 32 bytes`);
    else values[name] = value;
  }
  const known = Object.values(settings).map(({ env: variable }) => variable);
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith('MILLRACE_') || known.includes(variable as never) || others.has(variable)) continue;
    const meant = didYouMean(variable, known);
    problems.push(`${variable}: there is no such setting${meant ? `; did you mean ${meant}?` : ''}`);
  }
  if (problems.length > 0) throw new MillraceError('config_invalid', problems.join('\n'));
  return values as Settings;
}

function reason(schema: { [key: string]: unknown }, message: string): string {
  const choices = (schema['anyOf'] as { const: unknown }[] | undefined)?.map((variant) => variant.const);
  return choices ? `must be one of ${choices.join(', ')}` : message.toLowerCase();
}
