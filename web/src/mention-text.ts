/** How people and groups are called. */
export interface Callings {
  readonly person: (userId: string) => string;
  readonly group: (groupId: string) => string;
}

const EVERYONE: ReadonlySet<string> = new Set(['channel', 'here']);

/** The names that a composer's text uses: `@Ada Lovelace` for what is sent as `<@ada>`. At most 100 are kept. */
export class MentionNames {
  readonly #codes = new Map<string, string>();

  /** `code`: as it is sent. Returns what to write for it: the id stands behind a name that is another's already. */
  add(name: string, code: string): string {
    const id = /^<(?:@|!group:)(.+)>$/.exec(code)?.[1] ?? '';
    let unique = name;
    while (EVERYONE.has(unique) || (this.#codes.get(unique) ?? code) !== code) unique = `${unique} (${id})`;
    if (this.#codes.size >= 100) this.#codes.delete(this.#codes.keys().next().value!);
    this.#codes.set(unique, code);
    return unique;
  }

  /** Turns what was typed into what is sent: `@name` of those added, `@channel` and `@here`. */
  encode(text: string): string {
    const names = [...this.#codes.keys()].sort((a, b) => b.length - a.length);
    let encoded = text;
    for (const name of names) encoded = replaceAt(encoded, name, this.#codes.get(name)!);
    return replaceAt(replaceAt(encoded, 'channel', '<!channel>'), 'here', '<!here>');
  }

  /** The reverse, for editing. */
  decode(text: string, nameOf: Callings): string {
    return text
      .replace(/<@([^\s<>]+)>/g, (code, userId: string) => this.#called(nameOf.person(userId), code))
      .replace(/<!group:([^\s<>|]+)>/g, (code, groupId: string) => this.#called(nameOf.group(groupId), code))
      .replace(/<!(channel|here)>/g, '@$1');
  }

  #called(name: string, code: string): string {
    return `@${this.add(name, code)}`;
  }
}

/** Replaces `@name` where neither a word goes on nor one ends before it, as in an address. */
function replaceAt(text: string, name: string, by: string): string {
  const pattern = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}<])@${pattern}(?![\\p{L}\\p{N}])`, 'gu'), () => by);
}
