/**
 * The names that a channel's folder in an export may have, the best first. Slack names a dm's by its id, the others' by
 * their name; the last one is for names that no folder can have, or that another channel's folder has.
 */
export function folderNames(channelId: string, name: string | null | undefined): string[] {
  return [...(name ? [name] : []), channelId, `id-${encodeURIComponent(channelId)}`];
}

/** Whether a folder of a zip can have this name on every system that may unpack it. */
export function isFolderName(name: string): boolean {
  return !/[/\\:*?"<>|\p{Cc}]|^\.|[. ]$/u.test(name) && Buffer.byteLength(name) <= 200;
}
