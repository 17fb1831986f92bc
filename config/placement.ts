/** Ids of workspaces, separated by commas. Error: an empty one. */
export function workspaceList(text: string): string[] {
  const ids = text.split(',').map((id) => id.trim());
  if (ids.includes('')) throw new Error('give ids of workspaces, separated by commas');
  return ids;
}

/** `workspace=address` pairs, separated by commas, as a map. Error: what is none, or a workspace twice. */
export function workspaceAddresses(text: string): Map<string, string> {
  const addresses = new Map<string, string>();
  for (const pair of workspaceList(text)) {
    const [, id, address] = /^([^=]+)=(.*)$/.exec(pair) ?? [];
    if (!id || !/^https?:\/\/[^/]/.test(address!))
      throw new Error(`${pair}: give each workspace as id=https://its.address, separated by commas`);
    if (addresses.has(id)) throw new Error(`${id} is given twice`);
    addresses.set(id, address!);
  }
  return addresses;
}
