import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageOf } from '../../../client/scripted-server.ts';
import { readQuery } from './kept-query.ts';

const names = {
  channel: (id: string) => ({ C1: 'general', C2: 'plans' })[id] ?? id,
  person: (id: string) => ({ alice: 'Alice Moreau', bob: 'Bob' })[id] ?? id,
};
const say = (text: string, user_id = 'alice', created_at = '2026-03-05T10:00:00.000Z') =>
  messageOf('C1', 1, { text, user_id, created_at });
const finds = (q: string, ...message: Parameters<typeof say>) => readQuery(q, names)?.matches(say(...message));

test('finds whole words, phrases and beginnings, without case and accents', () => {
  assert.equal(finds('HERON', 'a rare heron'), true);
  assert.equal(finds('hero', 'a rare heron'), false);
  assert.equal(finds('hero*', 'a rare heron'), true);
  assert.equal(finds('creme brulee', 'Crème Brûlée'), true);
  assert.equal(finds('"rare heron"', 'a rare, heron'), true);
  assert.equal(finds('"heron rare"', 'a rare heron'), false);
  assert.equal(finds('heron -rare', 'a rare heron'), false);
  assert.equal(finds('東京', 'ようこそ東京へ'), true);
});

test('knows who, where, when and what with', () => {
  assert.equal(finds('from:@alice', 'x'), true);
  assert.equal(finds('from:bob', 'x'), false);
  assert.equal(finds('from:"@Alice Moreau"', 'x'), true);
  assert.equal(finds('before:2026-03-05', 'x'), false);
  assert.equal(finds('after:2026-03-04', 'x'), true);
  assert.equal(finds('has:link', 'see https://example.com/'), true);
  assert.equal(readQuery('in:#plans x', names)?.inChannel('C1'), false);
  assert.equal(readQuery('in:#plans', names)?.inChannel('C2'), true);
});

test('finds nothing deleted, and asks for something', () => {
  assert.equal(readQuery('in:general', names)?.matches({ ...say(''), deleted: true }), false);
  assert.equal(readQuery('   ', names), undefined);
  assert.equal(readQuery('"" - *', names), undefined);
});

test('marks what was found, and lets no markup through', () => {
  assert.equal(
    readQuery('cafe', names)?.highlight('<b>Café</b> & café'),
    '&lt;b&gt;<em>Café</em>&lt;/b&gt; &amp; <em>café</em>',
  );
  assert.equal(readQuery('from:bob', names)?.highlight('a < b'), 'a &lt; b');
});
