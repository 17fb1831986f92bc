// Writes what is made from code: docs/configuration.md, docs/cli/, docs/lint-rules.md, the editor schemas in topologies/, processors/states.json. With --check it only compares.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cliPages } from '../cli/document.ts';
import { configurationPage } from '../config/document.ts';
import { loadProcessors, processorsFolder } from '../runtime/registry.ts';
import { readStateLock, stateLockText } from '../runtime/state-lock.ts';
import { editorSchemas } from '../runtime/topology/document.ts';
import { topologyReferencePage } from '../runtime/topology/format/page.ts';
import { lintRulesPage } from '../runtime/topology/rules/page.ts';

const root = new URL('..', import.meta.url);
const files: { [path: string]: string } = { 'docs/configuration.md': configurationPage(), ...(await cliPages()) };
mkdirSync(new URL('docs/cli/', root), { recursive: true });
for (const [name, text] of Object.entries(editorSchemas())) files[`topologies/${name}`] = text;
files['docs/lint-rules.md'] = lintRulesPage();
files['docs/topology-reference.md'] = topologyReferencePage();
files['processors/states.json'] = stateLockText(await loadProcessors(), readStateLock(processorsFolder));

for (const [path, text] of Object.entries(files)) {
  // A default that is a path of this machine would be another one elsewhere.
  if (text.includes(fileURLToPath(root))) throw new Error(`${path} holds a path of this machine`);
  const place = new URL(path, root);
  if (!process.argv.includes('--check')) writeFileSync(place, text);
  else if (!existsSync(place) || readFileSync(place, 'utf8') !== text) {
    console.error(`${path} is not what the code says: run \`npm run generate\``);
    process.exitCode = 1;
  }
}
