import assert from 'node:assert/strict';

/** Elements of an XML text by a strict little reader: it fails where the text is not well formed. */
export function elements(xml: string): { name: string; attributes: { [name: string]: string } }[] {
  const found: { name: string; attributes: { [name: string]: string } }[] = [];
  const open: string[] = [];
  const unescaped = (text: string): string => {
    assert.match(text, /^(?:[^<&]|&(?:amp|lt|gt|quot);)*$/);
    const names: { [entity: string]: string } = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };
    return text.replace(/&\w+;/g, (entity) => names[entity]!);
  };
  let at = xml.indexOf('?>') + 2;
  for (const match of xml.matchAll(/<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g)) {
    if (match.index < at) continue;
    unescaped(xml.slice(at, match.index));
    at = match.index + match[0].length;
    const [, closing, name, attributes, alone] = match;
    if (closing) assert.equal(open.pop(), name);
    else {
      const pairs = [...attributes!.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [
        key!,
        unescaped(value!),
      ]);
      found.push({ name: name!, attributes: Object.fromEntries(pairs) });
      if (!alone) open.push(name!);
    }
  }
  assert.deepEqual(open, []);
  assert.equal(xml.slice(at).trim(), '');
  return found;
}
