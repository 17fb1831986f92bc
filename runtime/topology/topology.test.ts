import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Processor } from '../processor.ts';
import { loadProcessors } from '../registry.ts';
import { loadTopologies } from './load.ts';
import { renderProblem } from './problem.ts';

const shipped = fileURLToPath(new URL('../../topologies', import.meta.url));

describe('topology files', () => {
  let processors: Map<string, Processor>;
  const folders: string[] = [];
  before(async () => {
    processors = await loadProcessors();
  });
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  /** The shipped files with changes to one of them. */
  function changed(file: string, ...changes: [from: string, to: string][]) {
    const folder = mkdtempSync(`${tmpdir()}/millrace-topologies-`);
    folders.push(folder);
    cpSync(shipped, folder, { recursive: true });
    let text = readFileSync(`${folder}/${file}`, 'utf8');
    for (const [from, to] of changes) {
      assert.ok(text.includes(from), `${file} holds ${from}`);
      text = text.replace(from, to);
    }
    writeFileSync(`${folder}/${file}`, text);
    return loadTopologies(folder, processors, folder);
  }

  it('that are shipped have no problems', () => {
    const { plans, problems } = loadTopologies(shipped, processors);
    assert.deepEqual(problems, []);
    assert.equal(plans!.topologies.length, 5);
  });

  it('show where a wrong name stands, and what was meant', () => {
    const { plans, problems, sources } = changed('messages.yaml', ['topic: message_events', 'topic: mesage_events']);
    assert.equal(plans, undefined);
    const [problem, ...more] = problems;
    assert.equal(more.length, 0);
    assert.deepEqual(
      [problem!.rule, problem!.file, problem!.line, problem!.suggestion],
      ['unknown-topic', 'messages.yaml', 10, 'message_events'],
    );
    const line = sources.get('messages.yaml')!.split('\n')[problem!.line - 1]!;
    assert.equal(line.slice(problem!.column - 1, problem!.end_column - 1), 'mesage_events');
    const text = renderProblem(problem!, sources.get('messages.yaml')!, false);
    assert.match(text, /messages\.yaml:10:\d+ error .*\n10 \| .*\n +\| +\^{13}\n.*did you mean "message_events"/);
  });

  const wrong: [rule: string, file: string, from: string, to: string, suggestion?: string][] = [
    ['unknown-field', 'messages.yaml', 'state: {', 'sate: {', 'state'],
    ['missing-field', 'messages.yaml', 'version: 1\n', ''],
    ['wrong-value', 'index.yaml', 'then: dead-letter', 'then: deadletter', 'dead-letter'],
    ['wrong-value', 'index.yaml', 'within: 500ms', 'within: 500'],
    ['unknown-processor', 'messages.yaml', 'processor: persist', 'processor: persits', 'persist'],
    ['unknown-node', 'messages.yaml', 'from: commands', 'from: command', 'commands'],
    ['unknown-output', 'messages.yaml', 'from: stored.rows', 'from: stored.row', 'rows'],
    ['unknown-schema', 'index.yaml', 'schema: MessageEvent', 'schema: MessageEvents', 'MessageEvent'],
    ['schema-mismatch', 'messages.yaml', 'from: stored.rows', 'from: stored.events'],
    ['key-mismatch', 'messages.yaml', 'MessageEvent, key: channel', 'MessageEvent, key: person', 'channel'],
    ['wrong-option', 'index.yaml', 'processor: search-document,', 'processor: search-document, with: { fast: true },'],
    ['state-lost', 'messages.yaml', ', state: { folds: message_events }', ''],
    ['no-fold', 'messages.yaml', 'folds: message_events', 'folds: read_commands'],
    ['no-state', 'messages.yaml', 'from: sequence }', 'from: sequence, state: { changelog: message_events } }'],
    ['cycle', 'messages.yaml', 'from: commands,', 'from: [commands, stored.events],'],
    [
      'unused-node',
      'memberships.yaml',
      '  people: {',
      '  other: { processor: membership-notices, from: events }\n  people: {',
    ],
    ['gapless', 'messages.yaml', 'then: pause-source', 'then: dead-letter', 'pause-source'],
    ['gapless', 'messages.yaml', 'retry: forever', 'retry: 5', 'forever'],
    [
      'two-owners',
      'index.yaml',
      '  search:',
      '  more: { sink: { topic: message_events, schema: MessageEvent }, from: events }\n  search:',
    ],
    ['family-source', 'memberships.yaml', 'topic: message_events', 'topic: gateway'],
    ['from-sink', 'index.yaml', 'from: documents', 'from: [documents, search]'],
    ['node-kind', 'index.yaml', 'search: {', 'search: { processor: persist,'],
    ['yaml-syntax', 'index.yaml', 'nodes:', 'nodes: ['],
  ];
  for (const [rule, file, from, to, suggestion] of wrong) {
    it(`are refused: ${rule} (${to.trim().split('\n')[0]})`, () => {
      const { plans, problems } = changed(file, [from, to]);
      assert.equal(plans, undefined);
      const found = problems.filter((problem) => problem.rule === rule);
      assert.ok(
        found.length > 0,
        `found ${problems.map((problem) => `${problem.rule}: ${problem.message}`).join('; ')}`,
      );
      if (suggestion) assert.equal(found[0]!.suggestion, suggestion);
    });
  }

  it('report every problem of every file at once', () => {
    const { problems } = changed(
      'messages.yaml',
      ['from: commands', 'from: command'],
      ['stored.rows', 'stored.row'],
      ['retry: forever', 'retry: 3'],
    );
    assert.deepEqual(problems.map((problem) => problem.rule).sort(), [
      'gapless',
      'unknown-node',
      'unknown-output',
      'unused-node',
    ]);
  });
});
