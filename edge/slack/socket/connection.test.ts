import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Socket } from '../../transport/port.ts';
import { SlackConnection } from './connection.ts';

describe('a socket in Socket Mode that has to go', () => {
  it('is told why once, closed, and sent nothing more, even where each word to it says that it is too slow', () => {
    const told: string[] = [];
    const socket = {
      send: (frame: string) => {
        told.push(frame);
        if (told.length < 100) connection.disconnect('refresh_requested', 4408);
      },
      end: (code: number, reason: string) => void told.push(`${code} ${reason}`),
      terminate: () => undefined,
    } as unknown as Socket;
    const connection = new SlackConnection(socket, 0);
    connection.disconnect('refresh_requested', 4408);
    connection.send('late');
    assert.equal(told.length, 2);
    assert.equal((JSON.parse(told[0]!) as { reason: string }).reason, 'refresh_requested');
    assert.equal(told[1], '4408 refresh_requested');
    assert.equal(connection.open, false);
  });
});
