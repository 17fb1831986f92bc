import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Push, PushSender } from './port.ts';

export interface OpenPush {
  sender: PushSender;
  /** What the devices have been shown so far. */
  shown(): Promise<{ push_id: string; badge: number }[]>;
}

function push(push_id: string, badge = 1): Push {
  const target = { workspace_id: 'w', user_id: 'ann', platform: 'fcm' as const, token: 'token-of-ann' };
  const shown = { title: 'general', body: 'a secret', message_id: '7', thread_id: null };
  return { push_id, target, channel_id: 'C1', shown, badge };
}

/** What every adapter of push must do. */
export function pushContract(name: string, open: () => Promise<OpenPush>): void {
  describe(`push contract: ${name}`, () => {
    it('has a result for each push, in order', async () => {
      const { sender, shown } = await open();
      assert.deepEqual(await sender.send([push('1'), push('2', 5)]), [{ status: 'sent' }, { status: 'sent' }]);
      assert.deepEqual(
        (await shown()).map(({ push_id, badge }) => [push_id, badge]),
        [
          ['1', 1],
          ['2', 5],
        ],
      );
      await sender.close();
    });

    it('shows the same push once, however often it is sent', async () => {
      const { sender, shown } = await open();
      await sender.send([push('1')]);
      assert.deepEqual(await sender.send([push('1')]), [{ status: 'sent' }]);
      assert.equal((await shown()).length, 1);
      await sender.close();
    });
  });
}
