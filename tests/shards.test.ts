import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, token } from './support/person.ts';
import { Server } from './support/server.ts';
import { openSocket } from './support/socket.ts';

describe('a workspace on a shard of its own', () => {
  let shared: Server;
  let own: Server;
  before(async () => {
    own = await Server.start({ MILLRACE_WORKSPACES: 'acme' });
    shared = await Server.start({ MILLRACE_WORKSPACES_ELSEWHERE: `acme=${own.url},globex=https://globex.example` });
  });
  after(async () => {
    await shared?.stop();
    await own?.stop();
  });

  const ask = async (server: Server, workspace_id: string) => {
    const signed = await token({ sub: 'alice', workspace_id });
    return call(server, 'GET', '/v1/unreads', { authorization: `Bearer ${signed}` });
  };

  it('is served there, and refused elsewhere with its address', async () => {
    assert.equal((await ask(own, 'acme')).status, 200);
    const refused = await ask(shared, 'acme');
    assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden']);
    assert.equal(refused.body.detail, `workspace_id: this workspace is served at ${own.url}`);
    const socket = openSocket(shared, await token({ sub: 'alice', workspace_id: 'acme' }));
    assert.equal(await socket.closed, 4403);
  });

  it('leaves the others where they were', async () => {
    assert.equal((await ask(shared, 'demo')).status, 200);
    const refused = await ask(own, 'demo');
    assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden']);
    assert.equal(refused.body.detail, 'workspace_id: this workspace is not served here');
  });
});
