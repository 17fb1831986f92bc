import assert from 'node:assert/strict';
import { it, mock } from 'node:test';
import type { Kafka } from 'kafkajs';
import { Appender } from './appender.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('a producer whose batch was given up is put away again once that has ended: it had connected anew to try', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    let disconnects = 0;
    let end!: () => void;
    const tried = new Promise<never>((_, reject) => {
      end = () => reject(new Error('no broker'));
    });
    const producer = {
      connect: async () => undefined,
      sendBatch: () => tried,
      // The first time its broker is away, and takes no leave.
      disconnect: async () => {
        if (++disconnects === 1) throw new Error('no broker');
      },
    };
    const appender = new Appender({ producer: () => producer } as unknown as Kafka);
    const appended = appender.append([{ topic: 't', partition: 0, key: 'k', value: Buffer.from('v') }]);
    const refused = assert.rejects(appended, { code: 'unavailable' });
    for (let i = 0; i < 5; i++) await turn();
    mock.timers.tick(8500);
    await refused;
    await turn();
    assert.equal(disconnects, 1);
    end();
    await turn();
    assert.equal(disconnects, 2);
    await appender.close();
  } finally {
    mock.timers.reset();
  }
});
