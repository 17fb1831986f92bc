import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MillraceError, messageOf } from '../platform/errors/error.ts';
import { importable } from '../platform/modules/importable.ts';
import { registerTypeScript } from '../platform/modules/typescript.ts';
import type { Processor } from './processor.ts';

/** Those that come with Millrace. */
export const processorsFolder = fileURLToPath(new URL('../processors', import.meta.url));

/**
 * Every processor: the folders of processors/, and of a folder of one's own, by their names. A new folder is found without
 * being listed anywhere; one of one's own is read anew when its files changed. Error: `topology_invalid` for a folder that
 * isn't there, a name that is taken, code that does not load, or that exports no processor.
 */
export async function loadProcessors(own?: string): Promise<Map<string, Processor>> {
  shipped ??= await loadFolder(processorsFolder, false);
  if (own === undefined) return new Map(shipped);
  if (!statSync(own, { throwIfNoEntry: false })?.isDirectory())
    throw new MillraceError('topology_invalid', `MILLRACE_PROCESSORS: there is no folder ${own}`);
  await registerTypeScript();
  const processors = new Map(shipped);
  for (const [name, processor] of await loadFolder(resolve(own), true)) {
    if (shipped.has(name))
      throw new MillraceError('topology_invalid', `${own}/${name}: Millrace has a processor of this name`);
    processors.set(name, processor);
  }
  return processors;
}

let shipped: Map<string, Processor> | undefined;

async function loadFolder(folder: string, changes: boolean): Promise<Map<string, Processor>> {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(`${folder}/${entry.name}/index.ts`))
    .map((entry) => entry.name)
    .sort();
  const load = async (name: string): Promise<[string, Processor]> => {
    const url = pathToFileURL(`${folder}/${name}/index.ts`);
    if (!changes) return [name, ((await import(importable(url).href)) as { default: Processor }).default];
    const code = fingerprint(`${folder}/${name}`);
    try {
      const { default: processor } = (await import(`${url.href}?code=${code}`)) as { default?: Processor };
      return [name, { ...checked(processor), code }];
    } catch (error) {
      throw new MillraceError('topology_invalid', `${folder}/${name} does not load: ${messageOf(error)}`, {
        cause: error,
      });
    }
  };
  return new Map(await Promise.all(names.map(load)));
}

/** What is exported, where it is a processor: nothing else looks at it before its first record. */
function checked(processor: Processor | undefined): Processor {
  if (processor === undefined || processor === null)
    throw new Error('it has no default export: write `export default defineProcessor({ … })`');
  const { inputs, outputs, options, create } = processor;
  const wrong = Object.entries({
    'inputs, a list of schemas': Array.isArray(inputs),
    'outputs, a schema for each name': isMap(outputs),
    'options, a TypeBox schema': isMap(options),
    'create, a function': typeof create === 'function',
  }).find(([, fits]) => !fits);
  if (wrong) throw new Error(`its default export is no processor: it must have ${wrong[0]}`);
  return processor;
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort()) {
    if (/\.(ts|js|json)$/.test(file) && !file.includes('.test.'))
      hash.update(file).update(readFileSync(`${folder}/${file}`));
  }
  return hash.digest('hex').slice(0, 16);
}
