/**
 * What stands between < and > and means something in both worlds: people, channels, words for many, links. All else is
 * text, and Slack has its &, < and > as entities.
 */
const signs = [
  '@[^<>|\\s]+(?:\\|[^<>]*)?',
  '#[^<>|\\s]+(?:\\|[^<>]*)?',
  '!(?:channel|here|everyone)(?:\\|[^<>]*)?',
  '!subteam\\^[^<>|\\s]+(?:\\|[^<>]*)?',
  '!group:[^<>|\\s]+(?:\\|[^<>]*)?',
  '!date\\^[^<>]*',
  '(?:https?|mailto|tel):[^<>|\\s]*(?:\\|[^<>]*)?',
].join('|');
const control = new RegExp(`<(?:${signs})>`, 'g');

/** Stands behind a < that was written to be read, where it would else mean something. No width. */
const readOnly = '\u200b';
const kept = new RegExp(`<${readOnly}(?=(?:${signs})>)`, 'g');

const entities: { [entity: string]: string } = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** Text of a message here, as Slack's clients are sent it. */
export function toSlack(text: string): string {
  return eachPart(
    text,
    (written) => escaped(written.replace(kept, '<')),
    (sign) => `<${escaped(sign.slice(1, -1)).replace(/^!group:/, '!subteam^')}>`,
  );
}

/**
 * Text that a Slack client sent, as it is kept here. What was escaped to be read (`&lt;@U1&gt;`) mentions nobody: it keeps a
 * sign of no width, which `toSlack` takes out again.
 */
export function fromSlack(text: string): string {
  return eachPart(
    text,
    (written) => unescaped(written).replace(control, (sign) => `<${readOnly}${sign.slice(1)}`),
    (sign) => `<${here(unescaped(sign.slice(1, -1)))}>`,
  );
}

/** Words for many as they are here: without labels, and everyone is the channel. */
function here(sign: string): string {
  return sign
    .replace(/^!(channel|here|everyone)(?:\|.*)?$/s, (_, word: string) => (word === 'here' ? '!here' : '!channel'))
    .replace(/^!subteam\^/, '!group:');
}

function eachPart(text: string, plain: (part: string) => string, sign: (part: string) => string): string {
  let done = '';
  let at = 0;
  for (const match of text.matchAll(control)) {
    done += plain(text.slice(at, match.index)) + sign(match[0]);
    at = match.index + match[0].length;
  }
  return done + plain(text.slice(at));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function unescaped(text: string): string {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => entities[entity]!);
}
