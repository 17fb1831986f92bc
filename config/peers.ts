/** Where another region's log is read: by its operators' port, or on its own brokers. */
export type PeerAddress = { region: number } & ({ url: string } | { brokers: string[] });

/** `2=http://its.operators:port` or `2=kafka://broker:port+broker:port`, separated by commas. Error: what is neither, or a region twice. */
export function peersOf(text: string): PeerAddress[] {
  const peers = text.split(',').map((pair): PeerAddress => {
    const [, number, scheme, rest] = /^(\d{1,2})=(https?|kafka):\/\/([^/].*)$/.exec(pair.trim()) ?? [];
    const region = Number(number);
    if (number === undefined || !scheme || !rest || region > 63)
      throw new Error(`${pair}: give each region as 2=http://its.operators:port or 2=kafka://broker:port+broker:port`);
    return scheme === 'kafka' ? { region, brokers: rest.split('+') } : { region, url: `${scheme}://${rest}` };
  });
  const twice = peers.find(({ region }, i) => peers.findIndex((other) => other.region === region) < i);
  if (twice) throw new Error(`region ${twice.region} is given twice`);
  return peers;
}
