import { Agent } from 'node:https';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { type ApnsOptions, openApns } from './apns.ts';
import { openFcm } from './fcm.ts';
import type { Push, PushPlatform, PushResult, PushSender } from './port.ts';

export interface ProviderOptions {
  /** A service account's JSON; unset: no pushes to Android. */
  fcm: string | undefined;
  /** Unset: none to Apple's. */
  apns: Omit<ApnsOptions, 'proxy'> | undefined;
  /** An HTTP proxy that takes CONNECT, by which both are reached. */
  proxy: string | undefined;
}

/** Connections to Google at once. */
const sockets = 20;

/** Google's and Apple's push services, each for its platform. Error: `config_invalid`. */
export function openProviders({ fcm, apns, proxy }: ProviderOptions): PushSender {
  const by: { [platform in PushPlatform]?: PushSender } = {};
  const bound = { keepAlive: true, maxSockets: sockets };
  const agent = proxy === undefined ? new Agent(bound) : (new HttpsProxyAgent(proxy, bound) as unknown as Agent);
  if (fcm !== undefined) by.fcm = openFcm(fcm, agent);
  if (apns !== undefined) by.apns = openApns({ ...apns, proxy: proxy === undefined ? undefined : hostOf(proxy) });
  return {
    async send(pushes) {
      const results = new Map<Push, PushResult>();
      await Promise.all(
        (['fcm', 'apns'] as const).map(async (platform) => {
          const own = pushes.filter(({ target }) => target.platform === platform);
          if (own.length === 0) return;
          const told = await by[platform]?.send(own);
          own.forEach((push, i) => {
            results.set(push, told?.[i] ?? { status: 'refused', reason: `no credentials for ${platform}` });
          });
        }),
      );
      return pushes.map((push) => results.get(push)!);
    },
    async close() {
      await Promise.all([by.fcm?.close(), by.apns?.close()]);
      agent.destroy();
    },
  };
}

function hostOf(proxy: string): { host: string; port: number } {
  const { hostname, port } = new URL(proxy);
  return { host: hostname, port: Number(port) || 80 };
}
