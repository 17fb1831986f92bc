import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { changed, run } from './harness.ts';

describe('millrace test shows where a file is wrong', () => {
  const broken: [what: string, from: string, to: string, place: string, message: RegExp, meant?: string][] = [
    ['a field of a step', 'given: [deleted]', 'gives: [deleted]', 'gives', /a step is one of given, advance/, 'given'],
    [
      'a field of a value',
      'channel_id: general\n      rev',
      'chanel_id: general\n      rev',
      'chanel_id',
      /the schema has no field "chanel_id"/,
      'channel_id',
    ],
    ['a name of records', 'given: [deleted]', 'given: [deletd]', 'deletd', /`records` has no "deletd"/, 'deleted'],
    [
      'a sink',
      'none: [search] }\n\n  - name: an index',
      'none: [serch] }\n\n  - name: an index',
      'serch',
      /"index" has no sink "serch"/,
      'search',
    ],
    [
      'a node that fails',
      'fail: { node: documents',
      'fail: { node: document',
      'document',
      /no processor or sink "document"/,
      'documents',
    ],
    [
      'a topic',
      'topic: message_events\n            value: { work',
      'topic: message_event\n            value: { work',
      'message_event',
      /"index" reads no topic "message_event"/,
      'message_events',
    ],
    [
      'a value',
      'actor_id: alice\n      body',
      'actor_id: 12\n      body',
      '12',
      /actor_id: must be a string, and is 12/,
    ],
    [
      'an enum',
      'kind: reaction_added, emoji',
      'kind: reaction_aded, emoji',
      'reaction_aded',
      /kind: must be one of created/,
      'reaction_added',
    ],
    ['a code', 'code: internal, when', 'code: intern, when', 'intern', /code: must be one of/, 'internal'],
    ['a duration', 'advance: 499ms', 'advance: 499', '499', /A duration: 5ms/],
    [
      'a time',
      'topology: index\n',
      'topology: index\nat: 2026-13-01T00:00:00Z\n',
      '2026-13-01T00:00:00Z',
      /there is no time/,
    ],
    [
      'a name twice',
      'name: what changes leaves in the order of its revs',
      'name: reactions and joins change no document',
      'reactions and joins change no document',
      /another test of this file has this name/,
    ],
    ['the topology', 'topology: index\n', 'topology: indx\n', 'indx', /there is no topology "indx"/, 'index'],
  ];
  for (const [what, from, to, place, message, meant] of broken) {
    it(what, async () => {
      const folder = changed('index.test.yaml', [from, to]);
      const { code, out } = await run(`${folder}/index.test.yaml`, '--json');
      assert.equal(code, 3);
      const { problems } = JSON.parse(out) as {
        problems: { line: number; column: number; end_column: number; message: string; suggestion?: string }[];
      };
      const problem = problems.find((one) => message.test(one.message));
      assert.ok(problem, problems.map((one) => one.message).join('; '));
      const text = readFileSync(`${folder}/index.test.yaml`, 'utf8').split('\n')[problem.line - 1]!;
      assert.equal(text.slice(problem.column - 1, problem.end_column - 1), place);
      assert.equal(problem.suggestion, meant);
    });
  }
});
