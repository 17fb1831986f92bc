import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { it, type TestContext } from 'node:test';
import type { ReadCommand } from '../../schemas/generated/types.ts';
import { wholeSchema } from '../../schemas/history.ts';
import { avroType } from '../../schemas/load.ts';
import { registryChecks } from './doctor.ts';
import { registryCodec } from './registry.ts';

const value: ReadCommand = {
  workspace_id: 'w',
  user_id: 'u',
  channel_id: 'c',
  marker: { epoch: 0, last_read_seq: 1, last_read_rev: 2, since_rev: 0 },
  reply_to: null,
  region: null,
};
const newer = structuredClone(wholeSchema(avroType('ReadCommand')!)) as { fields: object[] };
newer.fields.push({ name: 'note', type: 'string', default: 'none' });

/** A registry that registers whatever comes; a look-up of a schema is answered by what `find` says. */
async function fakeRegistry(t: TestContext, find: (id: number) => { status: number; answer: object }) {
  let ids = 0;
  let lookups = 0;
  const server = createServer(async (request, response) => {
    await text(request);
    const [, what, , id] = request.url!.split('/');
    if (what === 'schemas') lookups++;
    const { status, answer } =
      what === 'schemas'
        ? find(Number(id))
        : what === 'config' && request.method === 'GET'
          ? { status: 404, answer: {} }
          : { status: 200, answer: { id: ++ids } };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, codec: await registryCodec({ url, prefix: '' }), lookups: () => lookups };
}

function ofNewer(own: Buffer): Buffer {
  const bytes = Buffer.concat([own, Buffer.from([6]), Buffer.from('new')]);
  bytes.writeInt32BE(9999, 1);
  return bytes;
}

for (const failure of [
  { status: 500, answer: { error_code: 500, message: 'out of order' } },
  { status: 503, answer: {} },
  { status: 401, answer: {} },
])
  it(`a look-up that the registry answers by ${failure.status} is unavailable, and asked for again at once`, async (t) => {
    const answers = [failure];
    const good = { status: 200, answer: { schema: JSON.stringify(newer) } };
    const { codec } = await fakeRegistry(t, () => answers.shift() ?? good);
    const bytes = ofNewer(codec.encode('ReadCommand', value));
    await assert.rejects(codec.learn([bytes]), { code: 'unavailable' });
    await codec.learn([bytes]);
    assert.deepEqual(JSON.parse(JSON.stringify(codec.decode(bytes))), { schema: 'ReadCommand', value });
  });

for (const [what, answer] of [
  ['an id that the registry has not got', { status: 404, answer: { error_code: 40403, message: 'Schema not found' } }],
  ['a schema of somebody else', { status: 200, answer: { schema: '"string"' } }],
  ['a schema of another kind', { status: 200, answer: { schemaType: 'PROTOBUF', schema: 'message A {}' } }],
] as const)
  it(`${what} is unknown, and not asked for with each record`, async (t) => {
    const { codec, lookups } = await fakeRegistry(t, () => answer);
    const bytes = ofNewer(codec.encode('ReadCommand', value));
    await codec.learn([bytes]);
    await codec.learn([bytes, bytes]);
    assert.throws(() => codec.decode(bytes), { code: 'schema_unknown' });
    assert.equal(lookups(), 1);
  });

it('all schemas are looked at together, without a warning of Node’s', async (t) => {
  const { url } = await fakeRegistry(t, () => ({ status: 404, answer: {} }));
  const warnings: Error[] = [];
  const heard = (warning: Error): void => void warnings.push(warning);
  process.on('warning', heard);
  t.after(() => process.off('warning', heard));
  await registryChecks({ url, prefix: '' });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(warnings, []);
});
