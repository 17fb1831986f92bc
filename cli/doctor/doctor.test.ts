import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { Finding } from '../../platform/doctor.ts';
import { clockOf } from '../../platform/doctor.ts';
import type { Terminal } from '../command.ts';
import { main } from '../main.ts';
import { files } from './edge.ts';
import { nodeChecks } from './node.ts';

const folder = mkdtempSync(`${tmpdir()}/millrace-doctor-`);
after(() => rmSync(folder, { recursive: true }));

async function doctor(env: { [name: string]: string }, ...args: string[]): Promise<{ code: number; out: string }> {
  const out: string[] = [];
  const terminal: Terminal = {
    out: (text) => void out.push(text),
    err: (text) => void out.push(text),
    ...{ live: false, screen: false, color: true },
    env: { MILLRACE_DATA_DIR: `${folder}/data`, ...env },
  };
  const code = await main(['doctor', ...args], terminal);
  return { code, out: stripVTControlCharacters(out.join('\n')) };
}

async function findings(env: { [name: string]: string }): Promise<{ code: number; found: Map<string, Finding> }> {
  const { code, out } = await doctor(env, '--json');
  const list = (JSON.parse(out) as { findings: Finding[] }).findings;
  return { code, found: new Map(list.map((finding) => [finding.name, finding])) };
}

describe('doctor', () => {
  it('finds nothing wrong with the embedded default, in an aligned table', async () => {
    const { code, out } = await doctor({ MILLRACE_TRANSPORT: 'ws' }, '--strict');
    assert.equal(code, 0, out);
    const lines = out.split('\n');
    assert.equal(lines.at(-1), '4 ok, 0 warn, 0 fail');
    assert.equal(new Set(lines.slice(0, 4).map((line) => /^ok {4}[a-z ]+? {2,}/.exec(line)?.[0].length)).size, 1, out);
  });

  it('tells each setting that is wrong', async () => {
    const { code, out } = await doctor({ MILLRACE_LOG: 'kafka', MILLRACE_TLS_KEY: 'x' });
    assert.equal(code, 1);
    assert.match(
      out,
      /^fail {2}settings {2}MILLRACE_LOG=kafka needs MILLRACE_KAFKA_BROKERS\n +docs\/configuration\.md/m,
    );
    assert.match(out, /^fail {2}settings {2}MILLRACE_TLS_KEY needs MILLRACE_TLS_CERT/m);
  });

  it('tells engines that are away, with what to do, and no password', async () => {
    const { code, found } = await findings({
      MILLRACE_LOG: 'kafka',
      MILLRACE_KAFKA_BROKERS: '127.0.0.1:9',
      MILLRACE_SCHEMA_REGISTRY: 'http://ann:swordfish@127.0.0.1:9',
      MILLRACE_STORE: 'cassandra',
      MILLRACE_CASSANDRA_CONTACT_POINTS: '127.0.0.1:9',
      MILLRACE_SEARCH: 'elasticsearch',
      MILLRACE_ELASTICSEARCH_URL: 'http://ann:swordfish@127.0.0.1:9',
      MILLRACE_DIRECTORY: 'postgres',
      MILLRACE_POSTGRES_URL: 'postgres://ann:swordfish@127.0.0.1:9/db',
      MILLRACE_PRESENCE: 'redis',
      MILLRACE_REDIS_URL: 'redis://:swordfish@127.0.0.1:9',
    });
    assert.equal(code, 1);
    for (const engine of ['kafka', 'schema registry', 'cassandra', 'elasticsearch', 'postgres', 'redis']) {
      const { state, detail, mend } = found.get(engine)!;
      assert.equal(state, 'fail', engine);
      assert.match(detail, /ECONNREFUSED|bad port/, engine);
      assert.doesNotMatch(detail, /swordfish|\n/);
      assert.match(mend!, /^Start /);
    }
  });

  it('tells a data folder that can not be, and TLS files that are none', async () => {
    writeFileSync(`${folder}/file`, 'no certificate');
    const tls = { MILLRACE_TLS_CERT: `${folder}/file`, MILLRACE_TLS_KEY: `${folder}/file` };
    const { code, found } = await findings({ ...tls, MILLRACE_DATA_DIR: '/proc/millrace/data' });
    assert.equal(code, 1);
    assert.match(found.get('tls')!.detail, /can not be used/);
    assert.equal(found.get('data folder')!.state, 'fail');
  });

  it('warns of a limit of open files that is below what sockets may come', () => {
    const limits = (hard: string) =>
      `Limit  Soft Limit  Hard Limit  Units\nMax open files            1024   ${hard}   files\n`;
    const found = (hard: string, sockets = 50_000) => files({ log: 'kafka', sockets }, limits(hard))[0];
    assert.equal(found('20000')!.state, 'warn');
    assert.match(found('20000')!.mend!, /above 51000, or set MILLRACE_SOCKETS to 19000\./);
    assert.equal(found('20000', 19_000)!.state, 'ok');
    assert.equal(found('unlimited'), undefined);
    assert.deepEqual(files({ log: 'embedded', sockets: 50_000 }, limits('20000')), []);
  });

  it('tells a Node that is too old', () => {
    assert.equal(nodeChecks('18.20.1')[0]!.state, 'fail');
    assert.equal(nodeChecks('20.9.0')[0]!.state, 'fail');
    assert.equal(nodeChecks('20.11.0')[0]!.state, 'ok');
    assert.equal(nodeChecks('22.1.0')[0]!.state, 'ok');
  });

  it('warns of a clock that is off by more than it took to ask', async () => {
    assert.equal((await clockOf('clock', async () => Date.now() - 5000)).state, 'warn');
    assert.equal((await clockOf('clock', async () => Date.now() + 300)).state, 'ok');
    assert.match((await clockOf('clock', async () => Date.now() - 5000)).detail, /^(4999|5000|5001) ms behind ours/);
  });
});
