import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { selfSigned } from '../../tests/support/certificate.ts';
import { PushServices, pushHosts } from '../../tests/support/push-services.ts';
import { trust } from '../../tests/support/trust.ts';
import { pushContract } from './contract.ts';
import type { Push, PushPlatform } from './port.ts';
import { openProviders } from './providers.ts';

const certificate = selfSigned(pushHosts);
const skip = certificate ? false : 'no openssl';
if (certificate) trust(certificate);
let services: PushServices;
before(async () => {
  if (certificate) services = await PushServices.start(certificate);
});
after(() => services?.stop());
beforeEach(() => {
  if (!certificate) return;
  services.pushed.length = 0;
  services.answer = () => undefined;
});

function open() {
  const settings = services.settings();
  return openProviders({
    fcm: settings['MILLRACE_FCM_CREDENTIALS'],
    apns: {
      key: settings['MILLRACE_APNS_KEY']!,
      keyId: settings['MILLRACE_APNS_KEY_ID']!,
      teamId: settings['MILLRACE_APNS_TEAM_ID']!,
      topic: settings['MILLRACE_APNS_TOPIC']!,
      host: 'api.push.apple.com',
    },
    proxy: settings['MILLRACE_PUSH_PROXY'],
  });
}

function push(platform: PushPlatform, token: string, change: Partial<Push> = {}): Push {
  const target = { workspace_id: 'w', user_id: 'ann', platform, token };
  const shown = { title: 'Bob in #general', body: 'lunch?', message_id: '77', thread_id: '70' };
  return { push_id: `id-${token}`, target, channel_id: 'C1', shown, badge: 3, ...change };
}

const contract = async () => {
  const sender = open();
  return {
    sender,
    // What a screen shows: one push for each tag.
    shown: async () => {
      const tags = new Map(
        services.pushed.map(({ body }) => {
          const { tag, notification_count } = (
            body['android'] as { notification: { tag: string; notification_count: number } }
          ).notification;
          return [tag, notification_count];
        }),
      );
      return [...tags].map(([push_id, badge]) => ({ push_id, badge }));
    },
  };
};
if (certificate) pushContract('Google and Apple', contract);

describe('pushes by the real packages', { skip }, () => {
  it('say what is shown, where it belongs and how many wait', async () => {
    const sender = open();
    assert.deepEqual(await sender.send([push('apns', 'aa11'), push('fcm', 'f1')]), [
      { status: 'sent' },
      { status: 'sent' },
    ]);
    const [{ headers, body }] = services.to('aa11') as [(typeof services.pushed)[0]];
    assert.deepEqual(
      [headers['apns-push-type'], headers['apns-priority'], headers['apns-collapse-id'], headers['apns-topic']],
      ['alert', '10', 'id-aa11', 'org.millrace.app'],
    );
    assert.deepEqual(body, {
      aps: { alert: { title: 'Bob in #general', body: 'lunch?' }, badge: 3, sound: 'default', 'thread-id': 'C1' },
      ...{ kind: 'show', push_id: 'id-aa11', channel_id: 'C1', message_id: '77', thread_id: '70' },
    });
    assert.deepEqual(services.to('f1')[0]!.body, {
      token: 'f1',
      notification: { title: 'Bob in #general', body: 'lunch?' },
      data: { kind: 'show', push_id: 'id-f1', channel_id: 'C1', message_id: '77', thread_id: '70', badge: '3' },
      android: { priority: 'high', notification: { tag: 'id-f1', notification_count: 3 } },
    });
    await sender.close();
  });

  it('that clear a screen show nothing', async () => {
    const sender = open();
    await sender.send([push('apns', 'aa11', { shown: null }), push('fcm', 'f1', { shown: null, badge: 0 })]);
    const [{ headers, body }] = services.to('aa11') as [(typeof services.pushed)[0]];
    assert.deepEqual([headers['apns-push-type'], headers['apns-priority'] ?? '5'], ['background', '5']);
    assert.deepEqual(body, {
      aps: { badge: 3, 'content-available': 1, 'thread-id': 'C1' },
      ...{ kind: 'clear', channel_id: 'C1' },
    });
    assert.equal(services.to('f1')[0]!.body['notification'], undefined);
    assert.deepEqual(services.to('f1')[0]!.body['data'], { kind: 'clear', channel_id: 'C1', badge: '0' });
    await sender.close();
  });

  const answers: [platform: PushPlatform, status: number, reason: string, result: string][] = [
    ['apns', 410, 'Unregistered', 'gone'],
    ['apns', 400, 'BadDeviceToken', 'gone'],
    ['apns', 400, 'PayloadEmpty', 'refused'],
    ['apns', 403, 'ExpiredProviderToken', 'later'],
    ['apns', 429, 'TooManyRequests', 'later'],
    ['apns', 503, 'ServiceUnavailable', 'later'],
    ['fcm', 404, 'UNREGISTERED', 'gone'],
    ['fcm', 400, 'INVALID_ARGUMENT', 'gone'],
    ['fcm', 403, 'SENDER_ID_MISMATCH', 'gone'],
    ['fcm', 429, 'QUOTA_EXCEEDED', 'later'],
  ];
  for (const [platform, status, reason, result] of answers)
    it(`are ${result} where ${platform} says ${status} ${reason}; the others go out`, async () => {
      const sender = open();
      services.answer = (_, token) => (token === 'bad' ? { status, reason } : undefined);
      const results = await sender.send([push(platform, 'bad'), push(platform, 'good')]);
      assert.deepEqual(
        results.map((one) => one.status),
        [result, 'sent'],
      );
      await sender.close();
    });

  it('wait where a service can not be reached', async () => {
    const sender = open();
    await services.stop();
    const results = await sender.send([push('apns', 'aa11'), push('fcm', 'f1')]);
    assert.deepEqual(
      results.map((one) => one.status),
      ['later', 'later'],
    );
    await sender.close();
    services = await PushServices.start(certificate!);
  });

  it('to a platform without credentials are refused', async () => {
    const sender = openProviders({ fcm: undefined, apns: undefined, proxy: undefined });
    assert.deepEqual(await sender.send([push('fcm', 'f1')]), [{ status: 'refused', reason: 'no credentials for fcm' }]);
    await sender.close();
  });

  it('need credentials that are some', () => {
    const wrong = (fcm: string) => () => openProviders({ fcm, apns: undefined, proxy: undefined });
    assert.throws(wrong('{ secret'), /config_invalid: MILLRACE_FCM_CREDENTIALS: is no JSON$/);
    assert.throws(wrong('{}'), /config_invalid: MILLRACE_FCM_CREDENTIALS: .*project_id/);
  });
});
