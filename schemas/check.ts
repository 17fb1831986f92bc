// npm run check:schemas: types are current, every schema stands in the history, and each can read all that came before.
import { readFileSync } from 'node:fs';
import { compatibilityOf } from './compatibility.ts';
import { incompatibility, readHistory, sameSchema } from './history.ts';
import { loadSchemas, schemasFolder } from './load.ts';
import { typescriptOf } from './typescript.ts';

const schemas = loadSchemas();
const problems: string[] = [];
if (readFileSync(`${schemasFolder}generated/types.ts`, 'utf8') !== typescriptOf(schemas)) {
  problems.push('schemas/generated/types.ts is not what schemas/*.avsc say: run `npm run generate`');
}
const history = readHistory();
for (const [name, type] of schemas) {
  const versions = history.filter((version) => version.name === name);
  for (const { version, type: old } of versions) {
    const reason = incompatibility(old, type, compatibilityOf(name));
    if (reason) problems.push(`schemas/${name}.avsc against version ${version}: ${reason}`);
  }
  const last = versions.at(-1);
  if (!last) problems.push(`schemas/${name}.avsc is not in the history: run \`npm run generate\``);
  else if (!sameSchema(last.type, type)) {
    problems.push(`schemas/${name}.avsc differs from its last version, ${last.version}: run \`npm run generate\``);
  }
}
for (const { name } of history) {
  if (!schemas.has(name)) problems.push(`schemas/${name}.avsc is gone, but records of it may be in a log`);
}
for (const problem of new Set(problems)) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`${schemas.size} schemas, ${history.length} versions: compatible`);
