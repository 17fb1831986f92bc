import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MillraceError } from '../errors/error.ts';
import { asOfFolder } from './not-writable.ts';

it('what the system or lmdb refused in a data folder is told with the folder and the reason; all else stays as it is', () => {
  const folder = '/data/millrace';
  const of = (message: string, fields: object) => asOfFolder(folder, Object.assign(new Error(message), fields));
  const refused = [
    of('Permission denied: Attempting to setup locks', { code: 13 }),
    of('No space left on device: Attempting to write page', { code: 28 }),
    of('EROFS: read-only file system', { code: 'EROFS', path: `${folder}/objects` }),
  ];
  for (const error of refused) {
    assert.ok(error instanceof MillraceError);
    assert.equal(error.code, 'data_folder_not_writable');
    assert.match(error.detail, /^\/data\/millrace can't be written \(.+\): set MILLRACE_DATA_DIR to a folder/);
  }
  const others = [
    Object.assign(new Error('elsewhere'), { code: 'EACCES', path: '/data/millrace.pem' }),
    Object.assign(new Error('MDB_INVALID'), { code: -30793 }),
    Object.assign(new Error('The server disconnected'), { code: 13, name: 'KafkaJSProtocolError' }),
    new MillraceError('port_in_use', 'taken'),
    undefined,
  ];
  for (const error of others) assert.equal(asOfFolder(folder, error), error);
});
