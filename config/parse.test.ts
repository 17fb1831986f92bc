import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, describe, it } from 'node:test';
import { MillraceError } from '../platform/errors/error.ts';
import { createLogger } from '../server/logger.ts';
import { parseSettings } from './parse.ts';
import { hide } from './secrets.ts';
import { settings } from './settings.ts';

const folder = mkdtempSync(`${tmpdir()}/millrace-settings-`);
after(() => rmSync(folder, { recursive: true }));

function problems(env: { [name: string]: string }): string[] {
  try {
    parseSettings(env);
  } catch (error) {
    assert.ok(error instanceof MillraceError && error.code === 'config_invalid', String(error));
    return error.detail.split('\n');
  }
  return [];
}

describe('settings', () => {
  it('that are wrong are all told at once, those that do not go together after them', () => {
    const wrong = problems({ PORT: 'x', MILLRACE_PARTITION: '3', MILLRACE_LOG: 'paper', MILLRACE_KAFKA_TLS: 'yes' });
    assert.equal(wrong.length, 4);
    assert.match(wrong.join('\n'), /did you mean MILLRACE_PARTITIONS\?/);
    assert.match(wrong.join('\n'), /MILLRACE_LOG=paper: must be one of embedded, kafka/);
    assert.deepEqual(problems({ MILLRACE_LOG: 'kafka', MILLRACE_KAFKA_SASL: 'plain', MILLRACE_TLS_KEY: 'k' }), [
      'MILLRACE_LOG=kafka needs MILLRACE_KAFKA_BROKERS',
      'MILLRACE_KAFKA_SASL needs MILLRACE_KAFKA_USERNAME',
      'MILLRACE_KAFKA_SASL needs MILLRACE_KAFKA_PASSWORD',
      'MILLRACE_TLS_KEY needs MILLRACE_TLS_CERT',
    ]);
    assert.deepEqual(problems({ MILLRACE_STORE: 'cassandra', MILLRACE_CASSANDRA_CONTACT_POINTS: 'a:1' }), [
      'MILLRACE_STORE=cassandra needs MILLRACE_LOG=kafka: the embedded log and its store are one',
    ]);
  });

  it('of regions allow two', () => {
    const two = {
      MILLRACE_REGION: '1',
      MILLRACE_REGION_TOKEN: 'what the regions show',
      MILLRACE_PEERS: '2=http://b:1',
    };
    assert.deepEqual(problems(two), []);
    assert.deepEqual(problems({ ...two, MILLRACE_PEERS: '2=http://b:1,3=http://c:1' }), [
      'MILLRACE_PEERS names more than one region: two regions, this one and one other, are what works so far',
    ]);
  });

  it('that place workspaces name what is wrong with them', () => {
    assert.deepEqual(problems({ MILLRACE_WORKSPACES: 'a,,b', MILLRACE_WORKSPACES_ELSEWHERE: 'a=b.example' }), [
      'MILLRACE_WORKSPACES: give ids of workspaces, separated by commas',
      'MILLRACE_WORKSPACES_ELSEWHERE: a=b.example: give each workspace as id=https://its.address, separated by commas',
    ]);
    assert.deepEqual(problems({ MILLRACE_WORKSPACES_ELSEWHERE: 'a=https://b,a=https://c' }), [
      'MILLRACE_WORKSPACES_ELSEWHERE: a is given twice',
    ]);
    assert.deepEqual(problems({ MILLRACE_WORKSPACES: 'a', MILLRACE_WORKSPACES_ELSEWHERE: 'a=https://b' }), [
      'MILLRACE_WORKSPACES and MILLRACE_WORKSPACES_ELSEWHERE both name a',
    ]);
  });

  it('that are secret may each stand in a file, and no others', () => {
    const secrets = Object.values(settings).filter(({ secret }) => secret);
    assert.ok(secrets.length >= 8);
    const file = `${folder}/secret`;
    for (const { env } of secrets) {
      writeFileSync(file, 'Zm9yIGEgdGVzdA-no-url');
      const told = problems({ [`${env}_FILE`]: file }).join('\n');
      assert.doesNotMatch(told, /there is no such setting/);
      assert.match(problems({ [`${env}_FILE`]: `${folder}/none` }).join('\n'), /can not be read/);
      assert.match(problems({ [`${env}_FILE`]: file, [env]: 'x' }).join('\n'), /give one of them/);
    }
    writeFileSync(file, `${'s'.repeat(32)}\n`);
    assert.equal(parseSettings({ MILLRACE_JWT_SECRET_FILE: file }).jwt_secret, 's'.repeat(32));
    writeFileSync(file, '\n');
    assert.match(problems({ MILLRACE_JWT_SECRET_FILE: file }).join('\n'), /is empty/);
    assert.match(problems({ MILLRACE_KAFKA_BROKERS_FILE: file }).join('\n'), /there is no such setting/);
  });

  it('that are secret are in no error', () => {
    for (const { env, secret, schema } of Object.values(settings)) {
      if (!secret) continue;
      const value = 'wrong://swordfish@@';
      const told = problems({ [env]: value, MILLRACE_LOG: 'paper' }).join('\n');
      assert.ok(!told.includes('swordfish'), told);
      assert.ok(schema);
    }
  });

  it('take an encryption key of 32 bytes in hexadecimal or base64, and nothing else', () => {
    const bytes = Buffer.alloc(32, 0xfe);
    for (const text of [bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')])
      assert.equal(parseSettings({ MILLRACE_ENCRYPTION_KEY: text }).encryption_key, text);
    for (const text of ['short', 'z'.repeat(64), Buffer.alloc(31).toString('base64')])
      assert.match(problems({ MILLRACE_ENCRYPTION_KEY: text })[0]!, /must be 32 bytes/);
  });
});

describe('secrets', () => {
  it('are in no log line, however an engine’s client puts them into an error', () => {
    const password = 'pa"ss/wörd';
    parseSettings({
      MILLRACE_REDIS_URL: `redis://ann:${encodeURIComponent(password)}@host:1`,
      MILLRACE_ELASTICSEARCH_URL: 'http://one:first-one@a:1,http://two:second-two@b:1',
      MILLRACE_KAFKA_PASSWORD: 'kafka’s own',
    });
    const lines: string[] = [];
    const logger = createLogger({ log_level: 'info' }, { write: (line) => lines.push(line) });
    const cause = Object.assign(new Error(`no way with ${password}`), {
      command: { name: 'auth', args: ['ann', password] },
      meta: {
        url: 'http://one:first-one@a:1',
        headers: { authorization: `Basic ${Buffer.from('two:second-two').toString('base64')}` },
      },
    });
    logger.error({ error: new MillraceError('unavailable', 'kafka’s own', { cause }) }, 'it failed');
    assert.equal(lines.length, 1);
    JSON.parse(lines[0]!);
    for (const secret of ['wörd', 'w%C3%B6rd', 'first-one', 'second-two', 'dHdvOnNlY29uZC10d28', 'kafka’s own'])
      assert.ok(!lines[0]!.includes(secret), `${secret} in ${lines[0]}`);
    assert.match(lines[0]!, /it failed/);
    assert.equal(hide(`plain ${password}`), 'plain ***');
  });
});
