import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { FakeServer } from '../web/fake-server.ts';
import { until } from './scripted-server.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const readme = await readFile(join(folder, 'README.md'), 'utf8');
const snippets = [...readme.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]!);

/** What the snippets leave to their reader. */
const LEFT_OPEN = `
declare function myToken(): string;
declare function render(rows: readonly import('./index.ts').TimelineEntry[]): void;
declare function paint(userId: string, status: import('./index.ts').PresenceStatus): void;
`;

function problemsOf(snippet: string): string[] {
  const path = join(folder, 'readme-snippet.ts');
  const text = `${snippet.replaceAll('@millrace/client', './index.ts')}\n${LEFT_OPEN}`;
  const { config } = ts.readConfigFile(join(folder, '../tsconfig.json'), ts.sys.readFile) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(folder, '..'));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile: read } = host;
  host.fileExists = (name) => name === path || fileExists(name);
  host.readFile = (name) => (name === path ? text : read(name));
  host.getSourceFile = (name, ...rest) =>
    name === path ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
  const program = ts.createProgram([path], options, host);
  const found = program.getSourceFile(path)!;
  return [...program.getSyntacticDiagnostics(found), ...program.getSemanticDiagnostics(found)].map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
}

/** Runs a snippet as a program, with what it leaves open printing; until `enough` was printed. */
async function run(snippet: string, server: FakeServer, enough: string): Promise<string> {
  const place = await mkdtemp(join(folder, 'readme-'));
  // Node before version 22 has no WebSocket of its own.
  const given = `
globalThis.WebSocket = (await import(${JSON.stringify(import.meta.resolve('ws'))})).WebSocket;
globalThis.myToken = () => ${JSON.stringify(server.link('alice').split('token=')[1])};
globalThis.render = (rows) => console.log(rows.map((row) => row.message?.text ?? 'unsent ' + row.draft.text).join('|'));
globalThis.paint = (userId, status) => console.log(userId, status);
`;
  const changed = snippet
    .replaceAll('@millrace/client', join(folder, 'index.ts'))
    .replaceAll('http://localhost:8080', server.url)
    .replaceAll("'general'", `'${[...server.workspace.rooms.keys()][0]}'`);
  await writeFile(join(place, 'given.ts'), given);
  await writeFile(join(place, 'snippet.ts'), changed);
  const parts = ['tsx', join(place, 'given.ts')].flatMap((one) => ['--import', one]);
  const child = spawn(process.execPath, [...parts, join(place, 'snippet.ts')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  }
  try {
    await until(() => printed.includes(enough) || child.exitCode !== null, `${enough} in: ${printed}`, 20_000);
    return printed;
  } finally {
    child.kill();
    await rm(place, { recursive: true, force: true });
  }
}

/** What each snippet brings about, in their order. */
const OUTCOMES = ['said before|Hello', 'bob online'];

describe('the snippets of the README', () => {
  it('are as many as are tested here', () => assert.equal(snippets.length, OUTCOMES.length));

  for (const [index, snippet] of snippets.entries()) {
    it(`number ${index + 1} has no wrong type`, () => assert.deepEqual(problemsOf(snippet), []));

    it(`number ${index + 1} does what it says`, async () => {
      const server = await FakeServer.start();
      const general = server.workspace.room('general', 'public', ['alice', 'bob']);
      server.workspace.say(general, 'bob', 'said before');
      try {
        const printed = await run(snippet, server, OUTCOMES[index]!);
        assert.ok(printed.includes(OUTCOMES[index]!), printed);
      } finally {
        await server.close();
      }
    });
  }

  it('names every part that the package exports', () => {
    const source = ts.createSourceFile('index.ts', ts.sys.readFile(join(folder, 'index.ts'))!, ts.ScriptTarget.ES2022);
    const values: string[] = [];
    source.forEachChild((node) => {
      if (!ts.isExportDeclaration(node) || node.isTypeOnly || !node.exportClause) return;
      if (!ts.isNamedExports(node.exportClause)) return;
      for (const { isTypeOnly, name } of node.exportClause.elements) if (!isTypeOnly) values.push(name.text);
    });
    assert.deepEqual(
      values.filter((name) => !readme.includes(name)),
      [],
    );
  });
});
