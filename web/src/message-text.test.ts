import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseHighlight } from './highlight.ts';
import { MentionNames } from './mention-text.ts';
import { tokenize } from './rich-text.ts';

test('finds mentions, links, code and blocks, and leaves the rest as it is', () => {
  assert.deepEqual(tokenize('Hi <@u-1>, see (https://a.example/x_(y)?q=1). `a<b` <!here> <b>'), [
    { kind: 'text', text: 'Hi ' },
    { kind: 'mention', userId: 'u-1' },
    { kind: 'text', text: ', see (' },
    { kind: 'link', url: 'https://a.example/x_(y)?q=1', text: 'https://a.example/x_(y)?q=1' },
    { kind: 'text', text: '). ' },
    { kind: 'code', text: 'a<b' },
    { kind: 'text', text: ' ' },
    { kind: 'everyone', name: 'here' },
    { kind: 'text', text: ' <b>' },
  ]);
  assert.deepEqual(tokenize('see:\n```\nif (a) {\n  <@u>\n}\n```\nok'), [
    { kind: 'text', text: 'see:' },
    { kind: 'block', text: 'if (a) {\n  <@u>\n}' },
    { kind: 'text', text: 'ok' },
  ]);
});

test('links nothing but http and https', () => {
  for (const text of ['javascript:alert(1)', 'data:text/html,x', 'see//x', 'http://']) {
    assert.deepEqual(tokenize(text), [{ kind: 'text', text }]);
  }
});

test('loses no character of a text without blocks', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ' ', '`', '<@u>', '<!here>', 'https://x.y', '.', ')', '(', '\n') }),
      (text) => {
        fc.pre(!text.includes('```'));
        const back = tokenize(text).map((token) => {
          if (token.kind === 'mention') return `<@${token.userId}>`;
          if (token.kind === 'everyone') return `<!${token.name}>`;
          return token.kind === 'code' ? `\`${token.text}\`` : token.text;
        });
        assert.equal(back.join(''), text);
      },
    ),
  );
});

test('reads highlights as text and marks', () => {
  assert.deepEqual(parseHighlight('a &lt;b&gt; <em>x &amp;amp; y</em> &#39;z'), [
    { text: 'a <b> ', marked: false },
    { text: 'x &amp; y', marked: true },
    { text: " 'z", marked: false },
  ]);
  assert.deepEqual(parseHighlight('<img src=x>'), [{ text: '<img src=x>', marked: false }]);
});

test('sends ids for the names that were chosen, and no others', () => {
  const names = new MentionNames();
  names.add('Ann', 'u1');
  names.add('Ann Lee', 'u2');
  assert.equal(
    names.encode('@Ann Lee and @Ann, not x@Ann or @Anna; @here'),
    '<@u2> and <@u1>, not x@Ann or @Anna; <!here>',
  );
  const editing = new MentionNames();
  const text = editing.decode('<@u9> <!channel>', () => 'Zoë $& (ops)');
  assert.equal(text, '@Zoë $& (ops) @channel');
  assert.equal(editing.encode(text), '<@u9> <!channel>');
});
