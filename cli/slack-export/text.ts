/** A message's text as Millrace has it, and the people it mentions. */
interface ImportedText {
  text: string;
  /** User ids, each once. */
  mentions: string[];
  /** The text holds <!channel>. */
  mentions_channel: boolean;
}

const entities: { [entity: string]: string } = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/**
 * Undoes Slack's three entities, in one pass, so that what was written as `&lt;` comes out as that. `<@ID|name>` of a
 * known user becomes `<@ID>`; an unknown one stays as it is. Mentions are taken before the entities are undone: a
 * `&lt;@ID&gt;` was written to be read, not to mention.
 */
export function importedText(slack: string, isUser: (id: string) => boolean): ImportedText {
  const mentions = new Set<string>();
  let mentions_channel = false;
  const text = slack
    .replace(/<@([^>|\s]+)(?:\|[^>]*)?>/g, (whole, id: string) => {
      if (!isUser(id)) return whole;
      mentions.add(id);
      return `<@${id}>`;
    })
    .replace(/<!channel(?:\|[^>]*)?>/g, () => {
      mentions_channel = true;
      return '<!channel>';
    })
    .replace(/&(?:amp|lt|gt);/g, (entity) => entities[entity]!);
  return { text, mentions: [...mentions], mentions_channel };
}

/** What `importedText` leaves as it is between < and >; the rest of a text is escaped. */
const signs = /<(?:@[^<>|\s]+|#[^<>|\s]+|![^<>|\s]+|(?:https?|mailto|tel):[^<>]*)>/g;

/** A text as Slack's export has it: `importedText` makes the same text of it again, and Slack's readers see the mentions. */
export function exportedText(text: string): string {
  let done = '';
  let at = 0;
  for (const match of text.matchAll(signs)) {
    done += `${escaped(text.slice(at, match.index))}<${escaped(match[0].slice(1, -1))}>`;
    at = match.index + match[0].length;
  }
  return done + escaped(text.slice(at));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
