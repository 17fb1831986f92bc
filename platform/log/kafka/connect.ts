import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import type Cluster from 'kafkajs/src/cluster/index.js';
import { Appender } from './appender.ts';
import { isSilent, type KafkaSettings, openCluster, openKafka, unavailable } from './connection.ts';
import type { Patience } from './patience.ts';

const again_ms = 100;

export interface Connected {
  admin: Admin;
  /** The layer below kafkajs's consumers. */
  cluster: Cluster;
  appender: Appender;
}

/** Connections to brokers that answer. Those that take a connection and say nothing are asked again while there is patience. Error: `unavailable`. */
export async function connect(settings: KafkaSettings, patience: Patience): Promise<Connected> {
  for (;;) {
    const kafka = openKafka(settings);
    const admin = kafka.admin();
    const cluster = openCluster(settings);
    const appender = new Appender(kafka);
    try {
      await Promise.all([admin.connect(), cluster.connect(), appender.connect()]);
      return { admin, cluster, appender };
    } catch (error) {
      await Promise.allSettled([admin.disconnect(), cluster.disconnect(), appender.close()]);
      // What refuses a connection will refuse the next one: a wrong address, certificate or password.
      if (!isSilent(error) || Date.now() >= patience.until)
        throw unavailable(`at ${settings.brokers.join(', ')} does not answer`, error);
      patience.waits(error);
      await sleep(again_ms);
    }
  }
}
