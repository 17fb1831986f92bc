/** The names that a composer's text uses for people: `@Ada Lovelace` for the id `ada`. At most 100 are kept. */
export class MentionNames {
  readonly #ids = new Map<string, string>();

  add(name: string, userId: string): void {
    if (this.#ids.size >= 100) this.#ids.delete(this.#ids.keys().next().value!);
    this.#ids.set(name, userId);
  }

  /** Turns what was typed into what is sent: `@name` of the people added, `@channel` and `@here`. */
  encode(text: string): string {
    const names = [...this.#ids.keys()].sort((a, b) => b.length - a.length);
    let encoded = text;
    for (const name of names) encoded = replaceAt(encoded, name, `<@${this.#ids.get(name)}>`);
    return replaceAt(replaceAt(encoded, 'channel', '<!channel>'), 'here', '<!here>');
  }

  /** The reverse, for editing; `nameOf` gives a person's name. */
  decode(text: string, nameOf: (userId: string) => string): string {
    return text
      .replace(/<@([^\s<>]+)>/g, (_, userId: string) => {
        const name = nameOf(userId);
        this.add(name, userId);
        return `@${name}`;
      })
      .replace(/<!(channel|here)>/g, '@$1');
  }
}

/** Replaces `@name` where neither a word goes on nor one ends before it, as in an address. */
function replaceAt(text: string, name: string, by: string): string {
  const pattern = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}<])@${pattern}(?![\\p{L}\\p{N}])`, 'gu'), () => by);
}
