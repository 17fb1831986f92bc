import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { highlights } from './highlight.ts';
import { parseQuery } from './query.ts';

const marked = (text: string, query: string): string[] => highlights(text, parseQuery(query).terms);

describe('highlights', () => {
  it('marks words, phrases and prefixes in the original spelling, and escapes the rest', () => {
    assert.deepEqual(marked('A <b>Café</b> & "Cafés"', 'cafe'), [
      'A &lt;b&gt;<em>Café</em>&lt;/b&gt; &amp; &quot;Cafés&quot;',
    ]);
    assert.deepEqual(marked('the new plan, the New-Plan', '"new plan"'), [
      'the <em>new plan</em>, the <em>New-Plan</em>',
    ]);
    assert.deepEqual(marked('Deploying deploys', 'deploy*'), ['<em>Deploying</em> <em>deploys</em>']);
    assert.deepEqual(marked('東京都に住む', '東京'), ['<em>東京</em>都に住む']);
    assert.deepEqual(marked('a b c', '"a b" "b c" a'), ['<em>a b c</em>']);
    assert.deepEqual(marked('"><script>x</script>', 'script'), [
      '&quot;&gt;&lt;<em>script</em>&gt;x&lt;/<em>script</em>&gt;',
    ]);
  });

  it('marks nothing for excluded terms, filters alone, or no match', () => {
    assert.deepEqual(marked('some text', '-text has:link'), []);
    assert.deepEqual(marked('some text', 'other'), []);
  });

  it('gives at most three snippets, cut at words, with ellipses', () => {
    const far = Array.from({ length: 5 }, (_, n) => `needle${n} needle ${'filler words here '.repeat(20)}`).join('');
    const found = marked(far, 'needle');
    assert.equal(found.length, 3);
    for (const snippet of found) assert.match(snippet, /…$/);
    assert.match(found[1]!, /^…(filler|words|here) .*<em>needle<\/em> filler words here .*…$/);
    assert.ok(found.every((snippet) => snippet.length < 250));
  });

  it('never cuts a character, and its text is a part of the original, for any text', () => {
    const text = fc.array(
      fc.constantFrom('word ', 'needle ', 'needle', '𝒳', '&', '<em>', ' ', 'é', '東京', 'x'.repeat(70)),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(text, (pieces) => {
        const original = pieces.join('');
        for (const snippet of marked(original, 'needle word')) {
          assert.ok(snippet.isWellFormed());
          const plain = snippet
            .replace(/^…|…$/g, '')
            .replace(/<\/?em>/g, '')
            .replace(/&lt;/g, '<')
            .replace(/&gt;/g, '>')
            .replace(/&amp;/g, '&');
          assert.ok(original.includes(plain), `${plain} in ${original}`);
          assert.match(snippet, /<em>/);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
