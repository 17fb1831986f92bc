import { readFileSync } from 'node:fs';
import { Value } from '@sinclair/typebox/value';
import { MillraceError, messageOf } from '../platform/errors/error.ts';
import { didYouMean } from '../runtime/topology/problem.ts';
import { problemsOf } from './checks.ts';
import { keepSecret } from './secrets.ts';
import { type Settings, settings } from './settings.ts';

/** Variables of the MILLRACE_ family that belong to tests and commands, not to the process's settings. */
const others = new Set(['MILLRACE_URL', 'MILLRACE_TOKEN', 'MILLRACE_OPS_URL']);

type Environment = { [name: string]: string | undefined };

/**
 * The settings from an environment. All that is wrong is reported at once: `config_invalid` names each variable, the
 * reason and what it may be; a MILLRACE_ variable that is no setting is an error too. A secret is in no error.
 */
export function parseSettings(env: Environment): Settings {
  const problems: string[] = [];
  const values: { [name: string]: unknown } = {};
  for (const [name, { env: variable, schema, help, secret, check }] of Object.entries(settings)) {
    try {
      const text = secret ? secretOf(env, variable) : env[variable] || undefined;
      if (text === undefined) {
        values[name] = schema['default'];
        continue;
      }
      const value = Value.Convert(schema, text);
      const error = Value.Errors(schema, value).First();
      if (error) problems.push(`${variable}${secret ? '' : `=${text}`}: ${reason(schema, error.message)}. ${help}`);
      const wrong = check?.(text);
      if (wrong) problems.push(`${variable}: ${wrong}`);
      values[name] = value;
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  problems.push(...strangers(env));
  if (problems.length === 0) problems.push(...problemsOf(values as Settings));
  if (problems.length > 0) throw new MillraceError('config_invalid', problems.join('\n'));
  return values as Settings;
}

/** A secret from its variable or from the file that NAME_FILE names, as Docker and Kubernetes mount them. */
function secretOf(env: Environment, variable: string): string | undefined {
  const own = env[variable] || undefined;
  const file = env[`${variable}_FILE`] || undefined;
  if (own !== undefined && file !== undefined) throw new Error(`${variable}, ${variable}_FILE: give one of them`);
  const text = file === undefined ? own : read(`${variable}_FILE`, file);
  if (text !== undefined) keepSecret(text);
  return text;
}

function read(variable: string, file: string): string {
  let text: string;
  try {
    // Editors and `echo` end a file with a line break that is not meant.
    text = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new Error(`${variable}=${file}: can not be read (${messageOf(error)})`);
  }
  if (text === '') throw new Error(`${variable}=${file}: is empty`);
  return text;
}

function strangers(env: Environment): string[] {
  const known = Object.values(settings).flatMap(({ env: variable, secret }) =>
    secret ? [variable, `${variable}_FILE`] : [variable],
  );
  return Object.keys(env)
    .filter((variable) => variable.startsWith('MILLRACE_') && !known.includes(variable) && !others.has(variable))
    .map((variable) => {
      const meant = didYouMean(variable, known);
      return `${variable}: there is no such setting${meant ? `; did you mean ${meant}?` : ''}`;
    });
}

function reason(schema: { [key: string]: unknown }, message: string): string {
  const choices = (schema['anyOf'] as { const: unknown }[] | undefined)?.map((variant) => variant.const);
  return choices ? `must be one of ${choices.join(', ')}` : message.toLowerCase();
}
