// Builds the package: `node client/build.mjs [FOLDER]` writes index.js and its declarations, into client/dist if no folder is
// given. Needs esbuild and typescript, which the package itself does not. Exits with 1 on an error.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, 'dist'));
const entry = join(here, 'index.ts');

await build({
  entryPoints: [entry],
  outfile: join(out, 'index.js'),
  bundle: true,
  platform: 'neutral',
  format: 'esm',
  target: 'es2022',
  logLevel: 'error',
});

const options = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  allowImportingTsExtensions: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  types: [],
  declaration: true,
  emitDeclarationOnly: true,
  rootDir: here,
  outDir: out,
};
const program = ts.createProgram([entry], options);
// The compiler leaves the names of sources in declarations; what is published has none.
const write = (path, text) => ts.sys.writeFile(path, text.replace(/(from '\.\/[^']+)\.ts'/g, "$1.js'"));
const { diagnostics } = program.emit(undefined, write);
const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
if (problems.length > 0) {
  const host = {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => here,
    getNewLine: () => '\n',
  };
  console.error(ts.formatDiagnostics(problems, host));
  process.exitCode = 1;
}
