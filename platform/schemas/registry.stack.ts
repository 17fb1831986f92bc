import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ReadCommand } from '../../schemas/generated/types.ts';
import { wholeSchema } from '../../schemas/history.ts';
import { avroType } from '../../schemas/load.ts';
import { nativeEngine } from '../../tests/support/native-engine.ts';
import { MillraceError } from '../errors/error.ts';
import { registryCodec } from './registry.ts';

const { SCHEMA_REGISTRY_URL: url } = nativeEngine('kafka');

const value: ReadCommand = {
  workspace_id: 'w',
  user_id: 'u',
  channel_id: 'c',
  marker: { epoch: 0, last_read_seq: 1, last_read_rev: 2, since_rev: 0 },
  reply_to: null,
  region: null,
};
/** Without avsc's prototypes, which comparing heeds. */
const plain = (decoded: unknown): unknown => JSON.parse(JSON.stringify(decoded));
let runs = 0;
const prefix = (): string => `test-${process.pid}-${runs++}-`;

async function post(path: string, body: object): Promise<{ id: number }> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as { id: number };
}

describe('schemas in a registry', () => {
  it('are registered once, whoever starts: records of one process are read by another', async () => {
    const settings = { url: url!, prefix: prefix() };
    const first = await registryCodec(settings);
    const second = await registryCodec(settings);
    const bytes = first.encode('ReadCommand', value);
    assert.deepEqual(plain(second.decode(bytes)), { schema: 'ReadCommand', value });
    assert.deepEqual(second.encode('ReadCommand', value), bytes);
    const config = await (await fetch(`${url}/config/${settings.prefix}ReadCommand`)).json();
    assert.equal((config as { compatibilityLevel: string }).compatibilityLevel, 'FULL');
  });

  it('are registered by all who start at the same moment', async () => {
    const settings = { url: url!, prefix: prefix() };
    const codecs = await Promise.all(Array.from({ length: 4 }, () => registryCodec(settings)));
    const [bytes, ...others] = codecs.map((codec) => codec.encode('ReadCommand', value));
    for (const other of others) assert.deepEqual(other, bytes);
  });

  it('whose rule never came, for their process ended in between, get it', async () => {
    const settings = { url: url!, prefix: prefix() };
    const schema = JSON.stringify(wholeSchema(avroType('ReadCommand')!));
    await post(`/subjects/${settings.prefix}ReadCommand/versions`, { schema });
    await registryCodec(settings);
    const config = await (await fetch(`${url}/config/${settings.prefix}ReadCommand`)).json();
    assert.equal((config as { compatibilityLevel: string }).compatibilityLevel, 'FULL');
  });

  it('have the rule that each declares, also where it declares another one since', async () => {
    const settings = { url: url!, prefix: prefix() };
    const rule = async (schema: string): Promise<string> => {
      const config = await (await fetch(`${url}/config/${settings.prefix}${schema}`)).json();
      return (config as { compatibilityLevel: string }).compatibilityLevel;
    };
    await registryCodec(settings, (schema) => (schema === 'Typing' ? 'BACKWARD' : 'FULL'));
    assert.deepEqual([await rule('Typing'), await rule('ReadCommand')], ['BACKWARD', 'FULL']);
    await registryCodec(settings, () => 'FULL');
    assert.equal(await rule('Typing'), 'FULL');
  });

  it('of another version are learnt as its records come, and read into this one', async () => {
    const settings = { url: url!, prefix: prefix() };
    const codec = await registryCodec(settings);
    // A newer version, with a field that this process does not know.
    const newer = structuredClone(wholeSchema(avroType('ReadCommand')!)) as { fields: object[] };
    newer.fields.push({ name: 'note', type: 'string', default: 'none' });
    const { id } = await post(`/subjects/${settings.prefix}ReadCommand/versions`, { schema: JSON.stringify(newer) });
    const own = codec.encode('ReadCommand', value);
    const bytes = Buffer.concat([own, Buffer.from([6]), Buffer.from('new')]);
    bytes.writeInt32BE(id, 1);
    assert.throws(() => codec.decode(bytes), { code: 'schema_unknown' });
    await codec.learn([bytes]);
    assert.deepEqual(plain(codec.decode(bytes)), { schema: 'ReadCommand', value });
  });

  it('that the registry refuses stop the start, with its reason', async () => {
    const settings = { url: url!, prefix: prefix() };
    const other = { type: 'record', name: 'ReadMarker', fields: [{ name: 'epoch', type: 'string' }] };
    await post(`/subjects/${settings.prefix}ReadMarker/versions`, { schema: JSON.stringify(other) });
    await assert.rejects(registryCodec(settings), (error: unknown) => {
      assert.equal(error instanceof MillraceError && error.code, 'conflict', String(error));
      assert.match(String(error), /refuses schemas\/ReadMarker\.avsc/);
      return true;
    });
  });

  it('are unavailable where no registry answers', async () => {
    await assert.rejects(registryCodec({ url: 'http://127.0.0.1:9', prefix: '' }), { code: 'unavailable' });
  });
});
