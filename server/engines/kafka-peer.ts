import type { Settings } from '../../config/settings.ts';
import { KafkaLog } from '../../platform/log/kafka.ts';
import { LazyPeer } from '../../platform/regions/lazy-peer.ts';
import { LogPeer } from '../../platform/regions/log-peer.ts';
import { linkedTopics, type PeerLog } from '../../platform/regions/port.ts';
import type { Codec } from '../../platform/schemas/codec.ts';
import { kafkaSettings } from './options.ts';

/** Another region's log on its own brokers, spoken to as this region's; opened once they answer. */
export function openKafkaPeer(brokers: string[], settings: Settings, codec: Codec): PeerLog {
  return new LazyPeer(async () => {
    const log = await KafkaLog.open({ ...kafkaSettings(settings), brokers }, codec);
    try {
      await log.find([...linkedTopics]);
    } catch (error) {
      await log.close();
      throw error;
    }
    return new LogPeer(log, () => log.close());
  });
}
