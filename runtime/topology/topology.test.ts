import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Processor } from '../processor.ts';
import { loadProcessors } from '../registry.ts';
import { changed as changedFolder, shipped } from './changed.ts';
import { loadTopologies } from './load.ts';
import { renderProblem } from './problem.ts';

describe('topology files', () => {
  let processors: Map<string, Processor>;
  before(async () => {
    processors = await loadProcessors();
  });

  /** The shipped files with changes to one of them. */
  function changed(file: string, ...changes: [from: string, to: string][]) {
    const folder = changedFolder(file, ...changes);
    return loadTopologies(folder, processors, folder);
  }

  it('that are shipped have no problems', () => {
    const { plans, problems } = loadTopologies(shipped, processors);
    assert.deepEqual(problems, []);
    assert.equal(plans!.topologies.length, 6);
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
    assert.match(
      text,
      /messages\.yaml:10:\d+ error .*\n +9 \| .*\n10 \| .*\n +\| +\^{13}\n.*did you mean "message_events"/,
    );
  });

  const wrong: [rule: string, file: string, from: string, to: string, suggestion?: string][] = [
    ['unknown-field', 'messages.yaml', 'state: {', 'sate: {', 'state'],
    ['missing-field', 'messages.yaml', 'version: 2\n', ''],
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
    ['key-lost', 'read-markers.yaml', 'thread-reads], key: person', 'thread-reads], key: channel', 'person'],
    ['key-lost', 'memberships.yaml', 'schema: PersonEvent, key: person', 'schema: PersonEvent, key: channel'],
    ['unbounded', 'topics.yaml', '    retention: 3d\n', ''],
    ['unbounded', 'index.yaml', 'size: 500', 'size: 10000, within: 1s }\n    in-flight: 64\n    #'],
    ['missing-environment', 'index.yaml', 'within: 500ms', `within: "$\{INDEX_WAIT}"`],
    ['no-dead-letters', 'topics.yaml', '  dead_letters:', '  dead_letter_box:'],
    ['partitions-differ', 'fan-out.yaml', ', broadcast: true', ''],
    [
      'from-table',
      'index.yaml',
      '  documents:',
      '  rows: { table: { topic: interest, schema: Interest } }\n  more: { sink: { search: messages }, from: rows }\n  documents:',
    ],
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

  const joined = (join: string, more = ''): [string, string] => [
    '  notices: { processor: membership-notices, from: events, key: channel }',
    `  leases: { table: { topic: gateways, schema: GatewayLease, broadcast: true } }
  interests: { table: { topic: interest, schema: Interest } }
  rooms: { table: { topic: rooms, schema: Channel } }
  notices: { processor: membership-notices, from: picked.all, key: channel }
  picked: { branch: { ${more || 'all: else'} }, from: events, join: { lease: { ${join} } } }`,
  ];
  const beyond: [rule: string, span: string | undefined, change: [string, string]][] = [
    ['unknown-node', 'lease', joined('table: lease')],
    ['not-a-table', 'events', joined('table: events')],
    ['join-partition', 'interests', joined('table: interests')],
    ['wrong-expression', 'chanel_id', joined('table: leases, by: value.chanel_id')],
    ['wrong-expression', undefined, joined('table: leases', "all: 'value.rev >'")],
    ['wrong-expression', undefined, joined('table: leases', 'all: value.channel_id')],
    ['unknown-output', 'picked.all', joined('table: leases', 'some: else')],
    ['unbounded', 'message_events', ['source: { topic: message_events', 'table: { topic: message_events']],
    ['unknown-field', 'within', ['nodes:', 'within: 5s\nnodes:']],
  ];
  for (const [rule, span, change] of beyond) {
    it(`with joins and branches are refused: ${rule} (${span ?? change[1].slice(-40)})`, () => {
      const { problems, sources } = changed('memberships.yaml', change);
      const found = problems.find((problem) => problem.rule === rule);
      assert.ok(found, `found ${problems.map((problem) => `${problem.rule}: ${problem.message}`).join('; ')}`);
      const line = sources.get('memberships.yaml')!.split('\n')[found.line - 1]!;
      if (span) assert.equal(line.slice(found.column - 1, found.end_column - 1), span);
    });
  }

  it('with a processor that can not be made are refused', () => {
    const create = (): never => {
      throw new Error('no index is left');
    };
    const picky: Processor = { ...processors.get('search-document')!, create };
    const { problems } = loadTopologies(shipped, new Map([...processors, ['search-document', picky]]));
    assert.deepEqual(
      problems.map(({ rule, message }) => [rule, message]),
      [['wrong-option', "search-document can't be made with these options: no index is left"]],
    );
  });

  it('may number events only where nothing on the way can be skipped or held back', () => {
    const ways: [string, string][] = [
      ['from: commands,', 'from: commands, errors: { then: dead-letter },'],
      ['from: sequence }', 'from: sequence, errors: { retry: 3 } }'],
      ['from: stored.events }', "from: some.new }\n  some: { branch: { new: 'true' }, from: stored.events }"],
      [
        'from: stored.events }',
        'from: calm }\n  calm: { window: { length: 1s, keep: all, at-most: 10 }, from: stored.events, state: { changelog: message_commands } }',
      ],
    ];
    for (const way of ways) {
      const { problems } = changed('messages.yaml', way);
      assert.ok(
        problems.some((problem) => problem.rule === 'gapless'),
        `${way[1]}: ${problems.map((problem) => `${problem.rule}: ${problem.message}`).join('; ')}`,
      );
    }
    // A side branch may give up what it can't do: the event is out already.
    const { problems } = changed('messages.yaml', [
      'from: stored.rows }',
      'from: stored.rows }\n  search: { sink: { search: messages }, from: found.documents, errors: { retry: 3, then: dead-letter } }\n  found: { processor: search-document, from: stored.events }',
    ]);
    assert.deepEqual(problems, []);
  });

  it('take values from the environment after parsing, so that these can add no structure', () => {
    const folder = changedFolder('index.yaml', [
      'size: 500, within: 500ms',
      `size: "$\{SIZE:250}", within: "$\{WAIT}"`,
    ]);
    const load = (variables: { [name: string]: string }) => loadTopologies(folder, processors, folder, { variables });
    const source = (loaded: ReturnType<typeof load>) =>
      loaded.plans?.topologies.find(({ name }) => name === 'index')?.nodes.find(({ kind }) => kind === 'source');
    const plain = source(load({ WAIT: '7ms' }));
    assert.deepEqual(plain?.kind === 'source' && plain.batch, { size: 250, within_ms: 7 });
    const set = source(load({ WAIT: '7ms', SIZE: '9' }));
    assert.equal(set?.kind === 'source' && set.batch.size, 9);
    const { problems } = load({ WAIT: '7ms }\nversion: 9\nx: {' });
    assert.deepEqual(
      problems.map((problem) => problem.rule),
      ['wrong-value'],
    );
    // What is compared and kept is what is written: a secret never gets into a deployment.
    assert.equal(load({ WAIT: '7ms' }).canonical.get('index'), load({ WAIT: '9ms' }).canonical.get('index'));
  });

  it('that keep a state whose tables changed need a new state version', () => {
    const states = { sequence: { version: 1, tables: 'of another shape' } };
    const { problems } = loadTopologies(shipped, processors, shipped, { states });
    assert.deepEqual(
      problems.map(({ rule, file }) => [rule, file]),
      [['state-version', 'messages.yaml']],
    );
  });

  it('that differ in form alone say the same', () => {
    const { canonical } = changed(
      'index.yaml',
      ['# yaml-language-server', '# another comment\n# yaml-language-server'],
      ['nodes:', '\n\nnodes:  # all of them'],
      ['topology: index\nversion: 1', 'version: 1\ntopology: "index"'],
    );
    assert.equal(canonical.get('index'), loadTopologies(shipped, processors).canonical.get('index'));
    const other = changed('index.yaml', ['size: 500', 'size: 501']);
    assert.notEqual(other.canonical.get('index'), canonical.get('index'));
  });

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
