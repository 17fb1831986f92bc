/**
 * Keys for people: in topics, workspace and the rest of a key are parted by NUL; here by a slash, so `demo/#general` is a
 * channel, `demo/@alice` a person, `demo/!alice` a person's presence.
 */
export function shownKey(key: string): string {
  return key.replace('\0', '/');
}

/** The key that a person means. What has no slash before #, @ or ! stays as it is: a gateway's slot, say. */
export function meantKey(text: string): string {
  return text.replace(/\/(?=[#@!])/, '\0');
}
