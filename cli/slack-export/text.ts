/** A message's text as Millrace has it, and the people it mentions. */
export interface ImportedText {
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
