import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Identity } from '../../auth/claims.ts';
import { Tickets } from './tickets.ts';

const bot: Identity = {
  ...{ workspace_id: 'w', user_id: 'bot', role: 'member', name: 'Bot', email: 'bot@example.org', expires: 5000 },
};

describe('a ticket', () => {
  it('lets its person in, once, without their address', () => {
    const tickets = new Tickets('secret');
    const ticket = tickets.issue(bot);
    assert.deepEqual(tickets.redeem(ticket), { ...bot, email: undefined });
    assert.equal(tickets.redeem(ticket), undefined);
  });

  it('is good at another edge with the same secret, and at none with another', () => {
    const ticket = new Tickets('secret').issue(bot);
    assert.equal(new Tickets('other').redeem(ticket), undefined);
    assert.equal(new Tickets('secret').redeem(ticket)?.user_id, 'bot');
  });

  it('is too old after half a minute', () => {
    let now = 0;
    const tickets = new Tickets('secret', () => now);
    const ticket = tickets.issue(bot);
    now = 30_001;
    assert.equal(tickets.redeem(ticket), undefined);
  });

  it('is not to be made or changed by others', () => {
    const tickets = new Tickets('secret');
    const [text, signature] = tickets.issue(bot).split('.');
    const other = Buffer.from(JSON.stringify({ ...bot, user_id: 'alice', until: 1e15 })).toString('base64url');
    for (const forged of ['', '.', 'x', `${other}.${signature}`, `${text}.`, `${text}.AAAA`, `${text}`])
      assert.equal(tickets.redeem(forged), undefined, forged);
  });

  it('holds no token', () => {
    const [text] = new Tickets('secret').issue(bot).split('.');
    const content = JSON.parse(Buffer.from(text!, 'base64url').toString()) as object;
    assert.deepEqual(Object.keys(content), ['workspace_id', 'user_id', 'role', 'name', 'expires', 'until', 'nonce']);
  });
});
