import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Processor } from './processor.ts';

const folder = fileURLToPath(new URL('../processors/', import.meta.url));

/** Every processor: the folders of processors/ by their names. A new folder is found without being listed anywhere. */
export async function loadProcessors(): Promise<Map<string, Processor>> {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(`${folder}${entry.name}/index.ts`))
    .map((entry) => entry.name)
    .sort();
  const modules = await Promise.all(names.map((name) => import(pathToFileURL(`${folder}${name}/index.ts`).href)));
  return new Map(names.map((name, i) => [name, (modules[i] as { default: Processor }).default]));
}
