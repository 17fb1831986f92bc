import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { type PeerAddress, peersOf } from '../../config/peers.ts';
import type { Settings } from '../../config/settings.ts';
import type { Presence } from '../../platform/presence/port.ts';
import { RegionsPresence } from '../../platform/presence/with-regions.ts';
import { HttpPeer } from '../../platform/regions/http-peer.ts';
import type { PeerLog } from '../../platform/regions/port.ts';
import type { Engines } from '../engines/engines.ts';
import { FollowedDirectory } from './followed-directory.ts';
import { RegionLink } from './link.ts';
import { linkMetrics } from './metrics.ts';
import { Taken } from './take.ts';

export interface Regions {
  /** Of this region, with what the others tell. */
  presence: Presence;
  start(): void;
  end(): Promise<void>;
}

/** The links to the other regions that the settings name; undefined where there are none. */
export async function openRegions(
  settings: Settings,
  engines: Engines,
  leads: () => boolean,
  registry: Registry,
  logger: Logger,
): Promise<Regions | undefined> {
  if (settings.peers === undefined) return undefined;
  const metrics = linkMetrics(registry);
  const { log, units, messages, directory } = engines;
  const links: RegionLink[] = [];
  const peers = peersOf(settings.peers);
  const answers = (region: number): boolean => links.some((link) => link.region === region && link.answers());
  const presence = new RegionsPresence(
    engines.presence,
    peers.map(({ region }) => region),
    answers,
  );
  for (const address of peers) {
    const { region } = address;
    const taken = new Taken(region, messages, new FollowedDirectory(region, directory, logger), presence);
    const peer = await openPeer(address, settings, engines);
    const take: Taken['take'] = (topic, record) => taken.take(topic, record);
    links.push(new RegionLink(region, { peer, log, units, leads, take }, metrics, logger));
  }
  return {
    presence,
    start: () => {
      for (const link of links) link.start();
    },
    end: async () => void (await Promise.all(links.map((link) => link.end()))),
  };
}

/** The numbers of this region and of those it reads. */
export function regionsOf({ region, peers }: Settings): { own: number; peers: number[] } | undefined {
  if (region === undefined) return undefined;
  return { own: region, peers: peers === undefined ? [] : peersOf(peers).map((peer) => peer.region) };
}

async function openPeer(address: PeerAddress, settings: Settings, { codec }: Engines): Promise<PeerLog> {
  if ('url' in address) return new HttpPeer({ url: address.url, token: settings.region_token! }, codec);
  const { openKafkaPeer } = await import('../engines/kafka-peer.ts');
  return openKafkaPeer(address.brokers, settings, codec);
}
