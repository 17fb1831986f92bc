import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Settings } from '../config/settings.ts';
import type { PushSender } from '../platform/push/port.ts';
import { PrintingPush } from '../platform/push/print.ts';
import type { PushWork } from '../platform/push/work.ts';
import { pushWork } from '../push/work.ts';
import type { Engines } from './engines/engines.ts';

/** The sender that the settings name, and what the sinks of pushes do by it. Error: `config_invalid`. */
export async function openPush(
  settings: Settings,
  { directory, messages: store, presence, log }: Engines,
  registry: Registry,
  logger: Logger,
): Promise<{ work: PushWork; close(): Promise<void> }> {
  const sender = settings.push === 'print' ? printing() : await providers(settings);
  const ports = { directory, store, presence, log, sender, now: () => Date.now() };
  const refused = (platform: string, reason: string): void => logger.warn({ platform, reason }, 'a push was refused');
  return { work: pushWork(ports, registry, refused), close: () => sender.close() };
}

function printing(): PushSender {
  return new PrintingPush((line) => void process.stderr.write(`${line}\n`));
}

/** Their packages take a while to load, so only those load them who use them. */
async function providers(settings: Settings): Promise<PushSender> {
  const { openProviders } = await import('../platform/push/providers.ts');
  const { fcm_credentials, apns_key, apns_key_id, apns_team_id, apns_topic, apns_host, push_proxy } = settings;
  return openProviders({
    fcm: fcm_credentials,
    apns:
      apns_key === undefined
        ? undefined
        : { key: apns_key, keyId: apns_key_id!, teamId: apns_team_id!, topic: apns_topic!, host: apns_host },
    proxy: push_proxy,
  });
}
