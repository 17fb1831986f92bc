import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MillraceError } from '../platform/errors/error.ts';
import type { Processor } from './processor.ts';

/** Those that come with Millrace. */
export const processorsFolder = fileURLToPath(new URL('../processors', import.meta.url));

/**
 * Every processor: the folders of processors/, and of a folder of one's own, by their names. A new folder is found without
 * being listed anywhere. Error: `topology_invalid` for a folder that isn't there, or a name that is taken.
 */
export async function loadProcessors(own?: string): Promise<Map<string, Processor>> {
  const processors = await loadFolder(processorsFolder);
  if (own === undefined) return processors;
  if (!existsSync(own)) throw new MillraceError('topology_invalid', `MILLRACE_PROCESSORS: there is no folder ${own}`);
  for (const [name, processor] of await loadFolder(resolve(own))) {
    if (processors.has(name))
      throw new MillraceError('topology_invalid', `${own}/${name}: Millrace has a processor of this name`);
    processors.set(name, processor);
  }
  return processors;
}

async function loadFolder(folder: string): Promise<Map<string, Processor>> {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(`${folder}/${entry.name}/index.ts`))
    .map((entry) => entry.name)
    .sort();
  const modules = await Promise.all(names.map((name) => import(pathToFileURL(`${folder}/${name}/index.ts`).href)));
  return new Map(names.map((name, i) => [name, (modules[i] as { default: Processor }).default]));
}
