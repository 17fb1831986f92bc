// Writes what is made from code: docs/configuration.md and the editor schemas in topologies/. With --check it only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { configurationPage } from '../config/document.ts';
import { editorSchemas } from '../runtime/topology/document.ts';

const root = new URL('..', import.meta.url);
const files: { [path: string]: string } = { 'docs/configuration.md': configurationPage() };
for (const [name, text] of Object.entries(editorSchemas())) files[`topologies/${name}`] = text;

for (const [path, text] of Object.entries(files)) {
  const place = new URL(path, root);
  if (!process.argv.includes('--check')) writeFileSync(place, text);
  else if (readFileSync(place, 'utf8') !== text) {
    console.error(`${path} is not what the code says: run \`npm run generate\``);
    process.exitCode = 1;
  }
}
