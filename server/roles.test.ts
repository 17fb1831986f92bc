import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSettings } from '../config/parse.ts';
import type { Settings } from '../config/settings.ts';
import { everything, refuseRoles } from './roles.ts';

const shared: Settings = {
  ...parseSettings({}),
  ...{ log: 'kafka', store: 'cassandra', search: 'elasticsearch', directory: 'postgres', presence: 'redis' },
};
const worker = { edge: false, runs: 'all' } as const;

describe('one process of several', () => {
  it('may keep what others need nowhere but on the engines', () => {
    refuseRoles(shared, worker);
    for (const name of ['log', 'store', 'search', 'directory', 'presence'] as const)
      assert.throws(() => refuseRoles({ ...shared, [name]: 'embedded' }, worker), {
        code: 'config_invalid',
        detail: new RegExp(`it needs MILLRACE_${name.toUpperCase()}=${shared[name]};`),
      });
  });

  it('that serves clients needs a secret that the others know', () => {
    assert.throws(() => refuseRoles(shared, { edge: true, runs: [] }), /it needs MILLRACE_JWT_SECRET or/);
  });

  it('that is the only one needs nothing', () => {
    refuseRoles(parseSettings({}), everything);
  });
});
