const link = /https?:\/\/\S/i;

/** Whether a text holds an http(s) link, for every engine alike. */
export function hasLink(text: string): boolean {
  return link.test(text);
}
