import assert from 'node:assert/strict';
import { it } from 'node:test';
import { JoinedChannels } from './joined-channels.ts';

it('a socket’s channels answer as a map would, whatever comes and goes', () => {
  const [channels, model] = [new JoinedChannels(), new Map<string, number>()];
  channels.fill(['m', 'b', 'z', 'é', 'B'].map((channel_id, rev) => ({ channel_id, rev })));
  for (const [rev, id] of ['m', 'b', 'z', 'é', 'B'].entries()) model.set(id, rev);
  let seed = 7;
  const drawn = (bound: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % bound;
  };
  for (let step = 0; step < 5000; step++) {
    const id = `${'mbzéBx'[drawn(6)]}${drawn(12) || ''}`;
    assert.equal(channels.rev(id), model.get(id));
    if (drawn(3) === 0) {
      channels.delete(id);
      model.delete(id);
    } else {
      channels.set(id, step);
      model.set(id, step);
    }
    assert.deepEqual([...channels.all()], [...model.keys()].sort());
  }
  channels.fill([]);
  assert.deepEqual([channels.rev('m'), channels.all().length], [undefined, 0]);
});
