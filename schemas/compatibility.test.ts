import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, it } from 'node:test';
import avro from 'avsc';
import { compatibilityOf } from './compatibility.ts';
import { incompatibility, wholeSchema } from './history.ts';
import { loadSchemas } from './load.ts';

const folder = mkdtempSync(`${tmpdir()}/millrace-schemas-`);
after(() => rmSync(folder, { recursive: true }));
const declare = (name: string, more: object): void =>
  writeFileSync(`${folder}/${name}.avsc`, JSON.stringify({ type: 'record', name, fields: [], ...more }));

it('is FULL unless the schema says otherwise, and says what else there is', () => {
  declare('Plain', {});
  declare('Loose', { compatibility: 'BACKWARD' });
  declare('Wrong', { compatibility: 'NONE' });
  assert.equal(compatibilityOf('Plain', folder), 'FULL');
  assert.equal(compatibilityOf('Loose', folder), 'BACKWARD');
  assert.throws(() => compatibilityOf('Wrong', folder), /FULL or BACKWARD, not NONE/);
});

it('is no part of the schema itself, whose versions stay what they are', () => {
  assert.deepEqual(wholeSchema(loadSchemas(folder).get('Loose')!), {
    name: 'Loose',
    type: 'record',
    fields: [],
  });
});

it('BACKWARD lets older versions fail to read newer ones, FULL does not, and neither the other way round', () => {
  const of = (...symbols: string[]) => avro.Type.forSchema({ type: 'enum', name: 'E', symbols });
  const [fewer, more] = [of('a'), of('a', 'b')];
  assert.equal(incompatibility(fewer, more, 'BACKWARD'), undefined);
  assert.match(incompatibility(fewer, more, 'FULL')!, /the last version can't read/);
  for (const level of ['FULL', 'BACKWARD'] as const)
    assert.match(incompatibility(more, fewer, level)!, /can't read what the last version wrote/);
});
