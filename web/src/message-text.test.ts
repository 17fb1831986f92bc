import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { joinHighlights, parseHighlight } from './highlight.ts';
import { MentionNames } from './mention-text.ts';
import { type Token, tokenize } from './rich-text.ts';

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

test('finds groups, with or without what Slack writes behind them', () => {
  const group = { kind: 'group', groupId: 'night-shift' };
  assert.deepEqual(tokenize('<!group:night-shift>'), [group]);
  assert.deepEqual(tokenize('<!group:night-shift|@night>'), [group]);
  assert.deepEqual(tokenize('<!group:>'), [{ kind: 'text', text: '<!group:>' }]);
});

test('reads what an import from Slack holds: links in angle brackets, emphasis, quotes, names of emoji', () => {
  const link = { kind: 'link', url: 'https://a.example/', text: 'a site' };
  assert.deepEqual(tokenize('<https://a.example/|a site>'), [link]);
  assert.deepEqual(tokenize('so (<https://a.example/>)')[1], { ...link, text: 'https://a.example/' });
  assert.deepEqual(tokenize('<javascript:alert(1)|a site>'), [{ kind: 'text', text: '<javascript:alert(1)|a site>' }]);
  assert.deepEqual(tokenize('is _`a` not_ *so*'), [
    { kind: 'text', text: 'is ' },
    {
      kind: 'styled',
      style: 'italic',
      tokens: [
        { kind: 'code', text: 'a' },
        { kind: 'text', text: ' not' },
      ],
    },
    { kind: 'text', text: ' ' },
    { kind: 'styled', style: 'bold', tokens: [{ kind: 'text', text: 'so' }] },
  ]);
  assert.deepEqual(tokenize('> one\n> two\nthree'), [
    { kind: 'quote', tokens: [{ kind: 'text', text: 'one\ntwo' }] },
    { kind: 'text', text: 'three' },
  ]);
  assert.deepEqual(tokenize(':tada:'), [{ kind: 'text', text: '🎉' }]);
  for (const text of [
    '2 * 3 * 4',
    'snake_case_name',
    'let* and let*',
    '*.ts and *.js',
    ':478: 12:30:45',
    'a>b',
    '>_<',
  ]) {
    assert.deepEqual(written(tokenize(text)), text);
    assert.ok(tokenize(text).every(({ kind }) => kind === 'text'));
  }
});

test('reads hostile text in no time', () => {
  const began = performance.now();
  for (const piece of ['*a ', '_`a ', '<https://a|b ', '~', ':a', '> ', '`', '*`', '```\n']) {
    tokenize(piece.repeat(Math.ceil(8000 / piece.length)));
  }
  assert.ok(performance.now() - began < 1500);
});

test('links nothing but http and https', () => {
  for (const text of ['javascript:alert(1)', 'data:text/html,x', 'see//x', 'http://']) {
    assert.deepEqual(tokenize(text), [{ kind: 'text', text }]);
  }
});

test('loses no character of a text without blocks', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom(
          'a',
          ' ',
          '`',
          '<@u>',
          '<!here>',
          '<!group:g>',
          'https://x.y',
          '.',
          ')',
          '(',
          '\n',
          '*',
          '_',
          ':',
        ),
      }),
      (text) => {
        fc.pre(!text.includes('```'));
        assert.equal(written(tokenize(text)), text);
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

test('joins highlights, and lets links with a marked word in them be rewritten whole', () => {
  const link = (text: string) => text.replace(/<(https?:[^\s<>|]+)\|([^<>]*)>/g, '$2');
  const html = ['…to &lt;http://<em>a</em>.example|<em>a</em>.example&gt; …', '…b'];
  assert.deepEqual(joinHighlights(html, link), [
    { text: '…to ', marked: false },
    { text: 'a', marked: true },
    { text: '.example …b', marked: false },
  ]);
});

test('sends ids for the names that were chosen, and no others', () => {
  const names = new MentionNames();
  names.add('Ann', '<@u1>');
  names.add('Ann Lee', '<@u2>');
  assert.equal(
    names.encode('@Ann Lee and @Ann, not x@Ann or @Anna; @here'),
    '<@u2> and <@u1>, not x@Ann or @Anna; <!here>',
  );
  const editing = new MentionNames();
  const nameOf = { person: () => 'Zoë $& (ops)', group: () => 'Night shift' };
  const text = editing.decode('<@u9> <!channel> <!group:n>', nameOf);
  assert.equal(text, '@Zoë $& (ops) @channel @Night shift');
  assert.equal(editing.encode(text), '<@u9> <!channel> <!group:n>');
});

test('tells two people of one name apart, and a person from everyone', () => {
  const names = new MentionNames();
  assert.deepEqual(
    [names.add('Ann', '<@u1>'), names.add('Ann', '<@u2>'), names.add('Ann', '<@u1>')],
    ['Ann', 'Ann (u2)', 'Ann'],
  );
  assert.equal(names.add('here', '<@u3>'), 'here (u3)');
  assert.equal(names.encode('@Ann @Ann (u2) @here (u3) @here'), '<@u1> <@u2> <@u3> <!here>');
  const editing = new MentionNames();
  const nameOf = { person: () => 'Ann', group: () => 'Ann' };
  const text = '<@u1> please ask <@u2> of <!group:g>, and <@u1>';
  assert.equal(editing.decode(text, nameOf), '@Ann please ask @Ann (u2) of @Ann (g), and @Ann');
  assert.equal(editing.encode(editing.decode(text, nameOf)), text);
});

/** The text that tokens were read from. */
function written(tokens: readonly Token[]): string {
  const sign = { bold: '*', italic: '_', struck: '~' };
  return tokens
    .map((token) => {
      if (token.kind === 'mention') return `<@${token.userId}>`;
      if (token.kind === 'everyone') return `<!${token.name}>`;
      if (token.kind === 'group') return `<!group:${token.groupId}>`;
      if (token.kind === 'styled') return `${sign[token.style]}${written(token.tokens)}${sign[token.style]}`;
      if (token.kind === 'quote') return written(token.tokens);
      return token.kind === 'code' ? `\`${token.text}\`` : token.text;
    })
    .join('');
}
