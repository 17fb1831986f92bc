import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { exportedText, importedText } from './text.ts';

describe('a text that is exported', () => {
  const part = fc.constantFrom(
    ...[
      '<',
      '>',
      '&',
      '|',
      '@',
      '!',
      '#',
      ' ',
      '\n',
      ';',
      'amp',
      'lt',
      'U1',
      'U9',
      '\u200b',
      '<@U1>',
      '<@U1|ann>',
      '<@U9|eve>',
    ],
    ...[
      '<!channel>',
      '<!channel|all>',
      '<!here>',
      '<!group:g>',
      '&lt;@U1&gt;',
      '<https://x.example/?a=1&b=2|x>',
      '&amp;',
    ],
  );

  it('is the same again when it is imported', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(part).map((parts) => parts.join('')),
          fc.string(),
        ),
        (text) => {
          assert.equal(importedText(exportedText(text), (id) => id === 'U1').text, text);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('keeps mentions and links for Slack’s readers, and escapes the rest', () => {
    assert.equal(
      exportedText('<@U1> & <!channel>: a<b <https://x.example/?a=1&b=2|x>'),
      '<@U1> &amp; <!channel>: a&lt;b <https://x.example/?a=1&amp;b=2|x>',
    );
  });
});
