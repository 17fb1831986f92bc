import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The names that a folder's topology files give, broken files left out; `nodes`: as topology/node. Checks nothing. */
export function namesIn(folder: string, kind: 'topologies' | 'nodes'): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml') && name !== 'topics.yaml')
    .flatMap((name) => {
      const file = parsed(readFileSync(`${folder}/${name}`, 'utf8'));
      if (typeof file?.topology !== 'string') return [];
      return kind === 'topologies'
        ? [file.topology]
        : Object.keys(file.nodes ?? {}).map((node) => `${file.topology}/${node}`);
    });
}

function parsed(text: string): { topology?: unknown; nodes?: object } | undefined {
  try {
    return parse(text) as { topology?: unknown; nodes?: object };
  } catch {
    // Half written: lint says what is wrong, a completion only lacks its names.
    return undefined;
  }
}
