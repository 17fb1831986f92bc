import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { wordsOf } from './words.ts';

const words = (text: string): string[] => wordsOf(text).map((found) => found.word);

describe('words', () => {
  it('takes runs of letters, digits and marks, without case and accents', () => {
    assert.deepEqual(words("It's Straße, ÉCOLE/naïve snake_case x1"), [
      'it',
      's',
      'strasse',
      'ecole',
      'naive',
      'snake',
      'case',
      'x1',
    ]);
    assert.deepEqual(words('ＡＢＣ １２３ ﬁne'), ['abc', '123', 'fine']);
    assert.deepEqual(words('ΟΔΟΣ οδός ὈΔΌΣ'), ['οδοσ', 'οδοσ', 'οδοσ']);
    assert.deepEqual(words('İstanbul ISTANBUL ёлка'), ['istanbul', 'istanbul', 'елка']);
    assert.deepEqual(words('مُحَمَّد محمد'), ['محمد', 'محمد']);
    assert.deepEqual(words('🎉 ❤️ -- \ud800 \0'), []);
  });

  it('keeps marks that make another word', () => {
    assert.deepEqual(words('हिन्दी'), ['हिन्दी']);
    assert.notDeepEqual(words('かき'), words('かぎ'));
    assert.deepEqual(words('か\u3099'), words('が'));
  });

  it('segments scripts without blanks', () => {
    assert.deepEqual(words('東京都に').slice(0, 2), ['東京', '都']);
    assert.deepEqual(words('iPhoneを買う'), ['iphone', 'を', '買う']);
    assert.deepEqual(words('ภาษาไทย'), ['ภาษา', 'ไทย']);
    assert.deepEqual(words('한국어 문장'), ['한국어', '문장']);
  });

  it('says where each word stands in the original', () => {
    const text = 'a\u0301b 🎉 Straße東京タワー';
    for (const { word, start, end } of wordsOf(text)) assert.deepEqual(words(text.slice(start, end)), [word]);
  });

  it('is the same for every spelling of a text, and gives sound words and places for any', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        let last = 0;
        for (const { word, start, end } of wordsOf(text)) {
          assert.ok(start >= last && end > start && end <= text.length);
          last = end;
          assert.match(word, /^[\p{L}\p{N}\p{M}]+$/u);
          assert.ok(word.length <= 128);
        }
      }),
      { numRuns: 2_000 },
    );
    const latin = fc.string({ unit: fc.constantFrom(...'aÀéÏßsςΣσöń ñЙё-'), maxLength: 30 });
    fc.assert(
      fc.property(latin, (text) => {
        const plain = words(text);
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) assert.deepEqual(words(text.normalize(form)), plain);
        assert.deepEqual(words(text.toUpperCase()), plain);
        assert.deepEqual(words(plain.join(' ')), plain);
      }),
      { numRuns: 2_000 },
    );
  });

  it('cuts very long words, the same in texts and queries', () => {
    assert.equal(words('x'.repeat(5_000))[0], 'x'.repeat(128));
    const pairs = words('x𐐀'.repeat(100))[0]!;
    assert.ok(pairs.length === 127 && pairs.isWellFormed());
  });
});
