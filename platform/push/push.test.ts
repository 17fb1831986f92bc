import assert from 'node:assert/strict';
import { it } from 'node:test';
import { pushContract } from './contract.ts';
import { PrintingPush } from './print.ts';

pushContract('printing', async () => {
  const sender = new PrintingPush(() => undefined);
  return { sender, shown: async () => [...sender.last()] };
});

it('the printing push tells to whom, and neither token nor text; it keeps the last hundred', async () => {
  const lines: string[] = [];
  const sender = new PrintingPush((line) => lines.push(line));
  const target = { workspace_id: 'w', user_id: 'ann', platform: 'apns' as const, token: 'token-of-ann' };
  for (let i = 0; i < 150; i++)
    await sender.send([
      {
        push_id: `${i}`,
        target,
        channel_id: 'C1',
        shown: { title: 't', body: 'a secret', message_id: '7', thread_id: null },
        badge: i,
      },
    ]);
  assert.equal(lines[0], 'push to ann of w by apns, badge 0');
  assert.doesNotMatch(lines.join('\n'), /secret|token-of-ann/);
  assert.equal(sender.last().length, 100);
});
