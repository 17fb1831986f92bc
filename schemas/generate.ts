// npm run generate: writes the TypeScript types, and adds a version to the history for each schema that changed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { compatibilityOf } from './compatibility.ts';
import { addVersion, incompatibility, readHistory, sameSchema } from './history.ts';
import { loadSchemas, schemasFolder } from './load.ts';
import { typescriptOf } from './typescript.ts';

const schemas = loadSchemas();
mkdirSync(`${schemasFolder}generated`, { recursive: true });
writeFileSync(`${schemasFolder}generated/types.ts`, typescriptOf(schemas));

const history = readHistory();
for (const [name, type] of schemas) {
  const last = history.filter((version) => version.name === name).at(-1);
  if (last && sameSchema(last.type, type)) continue;
  const reason = last && incompatibility(last.type, type, compatibilityOf(name));
  if (reason) {
    console.error(`schemas/${name}.avsc may not follow version ${last.version}: ${reason}`);
    process.exitCode = 1;
    continue;
  }
  addVersion(name, (last?.version ?? 0) + 1, type);
  console.log(`schemas/history/${name}.${(last?.version ?? 0) + 1}.avsc added`);
}
