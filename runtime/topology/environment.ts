import { readFileSync } from 'node:fs';
import type { Path, SourceFile } from './source-file.ts';

export type Variables = { readonly [name: string]: string | undefined };

const reference = /\$\$|\$\{(secret:)?([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?\}/g;

/**
 * Puts the environment in place of `${NAME}`, `${NAME:default}` and `${secret:NAME}` in a file's values: after parsing, so
 * that what a variable holds can add no structure. A value that is one reference alone may be a number or a boolean, so that
 * `size: "${SIZE:500}"` is a number. A secret is the variable NAME, or the content of the file that NAME_FILE names, and
 * stays a text. `$$` is a dollar. Notes `missing-environment` where there is neither value nor default.
 */
export function resolveEnvironment(source: SourceFile, value: unknown, variables: Variables): unknown {
  const at = (node: unknown, path: Path): unknown => {
    if (typeof node === 'string') return text(source, node, path, variables);
    if (Array.isArray(node)) return node.map((item, index) => at(item, [...path, index]));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([name, item]) => [name, at(item, [...path, name])]));
  };
  return at(value, []);
}

function text(source: SourceFile, raw: string, path: Path, variables: Variables): unknown {
  if (!raw.includes('$')) return raw;
  const found = [...raw.matchAll(reference)];
  let scalar = false;
  const resolved = raw.replace(reference, (match, secret: string | undefined, name: string, otherwise?: string) => {
    if (match === '$$') return '$';
    scalar = match === raw && found.length === 1 && secret === undefined;
    const given = variables[name] || (secret && secretFile(variables[`${name}_FILE`])) || undefined;
    if (given !== undefined) return given;
    if (otherwise !== undefined) return otherwise;
    source.report(
      'missing-environment',
      path,
      `${name} is not set${secret ? `, nor ${name}_FILE` : ''}, and has no default`,
    );
    return match;
  });
  return scalar ? scalarOf(resolved) : resolved;
}

/** Numbers and booleans alone: nothing that a variable holds may become a map or a list. */
function scalarOf(text: string): string | number | boolean {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return text === 'true' || text === 'false' ? text === 'true' : text;
}

function secretFile(path: string | undefined): string | undefined {
  return path === undefined ? undefined : readFileSync(path, 'utf8').trim();
}
