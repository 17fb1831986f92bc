import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MillraceError } from '../errors/error.ts';
import { parseQuery } from './query.ts';

function refusal(text: string): string {
  try {
    parseQuery(text);
  } catch (error) {
    assert.ok(error instanceof MillraceError && error.code === 'invalid_request', String(error));
    return error.detail;
  }
  assert.fail(`${text} was taken`);
}

describe('search query', () => {
  it('takes words, phrases, prefixes and their exclusion', () => {
    assert.deepEqual(parseQuery('Café "The Plan" -old deploy* -"not this" -pre* "one"').terms, [
      { kind: 'word', word: 'cafe', excluded: false },
      { kind: 'phrase', words: ['the', 'plan'], excluded: false },
      { kind: 'word', word: 'old', excluded: true },
      { kind: 'prefix', word: 'deploy', excluded: false },
      { kind: 'phrase', words: ['not', 'this'], excluded: true },
      { kind: 'prefix', word: 'pre', excluded: true },
      { kind: 'word', word: 'one', excluded: false },
    ]);
  });

  it('makes a phrase of what the analysis cuts, and leaves out what holds no word', () => {
    assert.deepEqual(parseQuery("it's https://x.example 🎉 - * a-b*").terms, [
      { kind: 'phrase', words: ['it', 's'], excluded: false },
      { kind: 'phrase', words: ['https', 'x', 'example'], excluded: false },
      { kind: 'word', word: 'a', excluded: false },
      { kind: 'prefix', word: 'b', excluded: false },
    ]);
    assert.deepEqual(parseQuery(' 5" screen note:this ').terms.length, 3);
    assert.deepEqual(parseQuery(''), { terms: [], in: [], from: [] });
  });

  it('takes filters; days are UTC and themselves excluded', () => {
    const day = Date.UTC(2020, 0, 5);
    assert.deepEqual(
      parseQuery(
        'in:#general IN:random from:@ann from:"Ann Lee" from:@"Ann Moe" in:#"old days" after:2020-01-05 before:2020-02-29 has:link x',
      ),
      {
        terms: [{ kind: 'word', word: 'x', excluded: false }],
        in: ['general', 'random', 'old days'],
        from: ['ann', 'Ann Lee', 'Ann Moe'],
        after: day + 86_399_999,
        before: Date.UTC(2020, 1, 29),
        has_link: true,
      },
    );
    assert.equal(parseQuery('before:2020-01-05').before, day);
    assert.equal(parseQuery('before:2020-01-05 before:2021-01-05').before, day);
    assert.equal(parseQuery('after:2020-01-04 after:2019-01-05').after, day - 1);
  });

  it('says which part is wrong and why', () => {
    assert.match(refusal('x before:2020-02-30'), /^q: before:2020-02-30: .*YYYY-MM-DD/);
    assert.match(refusal('after:yesterday'), /after:yesterday/);
    assert.match(refusal('has:image'), /has:image: has: knows only link/);
    assert.match(refusal('in: general'), /^q: in: needs a value/);
    assert.match(refusal('from:@'), /from:@ needs a name/);
    assert.match(refusal('-in:#x'), /-in:#x: only words and phrases/);
    assert.match(refusal('say "never ends'), /"never ends lacks its closing quote/);
    assert.match(refusal('-a-b*'), /an excluded prefix is one word/);
    assert.match(refusal('w '.repeat(33)), /at most 32/);
    assert.match(refusal('in:a '.repeat(33)), /at most 32/);
    assert.match(refusal('x'.repeat(2_001)), /at most 2000 characters/);
  });

  it('takes any text, or refuses it as invalid_request', () => {
    const piece = fc.constantFrom(
      'in:',
      'from:',
      'before:',
      'after:',
      'has:',
      'link',
      '"',
      '-',
      '*',
      ' ',
      '#a',
      '@b',
      '2020-01-01',
      'é',
      '東京',
      ':',
      '\\',
      '\0',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 12 }),
        (pieces) => {
          try {
            for (const term of parseQuery(pieces.join('')).terms)
              assert.ok(term.kind === 'phrase' ? term.words.length > 1 : term.word !== '');
          } catch (error) {
            assert.ok(error instanceof MillraceError && error.code === 'invalid_request', String(error));
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
