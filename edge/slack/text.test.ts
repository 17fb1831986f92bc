import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mentionsChannel, mentionsHere, namedGroups, namedPeople } from '../calls/text.ts';
import { fromSlack, toSlack } from './text.ts';

const pieces = fc.constantFrom(
  ...['<@U1>', '<@U1|ann>', '<!channel>', '<!here>', '<!group:g>', '<#C1>', '<https://x.y/?a=1&b=2|x>', '<b>'],
  ...['<', '>', '&', '&amp;', '&lt;', '<@', '@U1>', ' ', 'word', '|', '!channel>', '<!date^1^x>', '🦀', '\n'],
);
const texts = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(''));
const slackPieces = fc.constantFrom(
  ...['<@U1>', '<!channel|x>', '<!everyone>', '<!subteam^g>', '&lt;', '&gt;', '&amp;', '&lt;@U1&gt;', '&lt;!here&gt;'],
  ...['<https://x.y/?a=1&amp;b=2>', 'word', ' ', '&amp;lt;', '<', '>', '&', '@U1&gt;', '!channel&gt;', '&lt;!group:g'],
);

describe('texts between Slack and here', () => {
  it('are escaped on the way out, but for what means something', () => {
    assert.equal(toSlack('a < b && c > <b>'), 'a &lt; b &amp;&amp; c &gt; &lt;b&gt;');
    assert.equal(toSlack('<@U1>: <!channel> <!here>'), '<@U1>: <!channel> <!here>');
    assert.equal(toSlack('<https://x.y/?a=1&b=2|x>'), '<https://x.y/?a=1&amp;b=2|x>');
    assert.equal(toSlack('<!group:devs>'), '<!subteam^devs>');
  });

  it('are undone on the way in, with words for many as they are here', () => {
    assert.equal(fromSlack('a &lt; b &amp;&amp; c'), 'a < b && c');
    assert.equal(fromSlack('&amp;lt;'), '&lt;');
    assert.equal(fromSlack('<!everyone> <!channel|channel> <!here|here>'), '<!channel> <!channel> <!here>');
    assert.equal(fromSlack('<!subteam^devs>'), '<!group:devs>');
    assert.equal(fromSlack('<@U1|ann> <https://x.y/?a=1&amp;b=2>'), '<@U1|ann> <https://x.y/?a=1&b=2>');
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(texts, (text) => assert.equal(fromSlack(toSlack(text)), text)),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.array(slackPieces, { maxLength: 8 }), (parts) => {
        const once = toSlack(fromSlack(parts.join('')));
        assert.equal(toSlack(fromSlack(once)), once);
      }),
      { numRuns: 2000 },
    );
  });

  it('mention nobody by what was escaped to be read', () => {
    for (const written of [
      '&lt;@U1&gt;',
      '&lt;!channel&gt;',
      '&lt;!here&gt;',
      '&lt;!group:g&gt;',
      '<@U1&gt;',
      '&lt;@U1>',
    ]) {
      const text = fromSlack(written);
      assert.deepEqual(namedPeople(text), [], written);
      assert.deepEqual(namedGroups(text), [], written);
      assert.ok(!mentionsChannel(text) && !mentionsHere(text), written);
      assert.equal(toSlack(text), written.replace('<', '&lt;').replace('>', '&gt;'));
    }
  });
});
