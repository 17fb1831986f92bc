import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const folder = mkdtempSync(`${tmpdir()}/millrace-secrets-`);
after(() => rmSync(folder, { recursive: true }));
const password = 'swordfish/42';
const inUrl = encodeURIComponent(password);
writeFileSync(`${folder}/password`, `${password}\n`);

/** Port 9 has nobody listening. */
const away: { [engine: string]: { [name: string]: string } } = {
  kafka: {
    MILLRACE_LOG: 'kafka',
    MILLRACE_KAFKA_BROKERS: '127.0.0.1:9',
    MILLRACE_KAFKA_SASL: 'plain',
    MILLRACE_KAFKA_USERNAME: 'ann',
    MILLRACE_KAFKA_PASSWORD_FILE: `${folder}/password`,
  },
  registry: {
    MILLRACE_LOG: 'kafka',
    MILLRACE_KAFKA_BROKERS: '127.0.0.1:9',
    MILLRACE_SCHEMA_REGISTRY: `http://ann:${inUrl}@127.0.0.1:9`,
  },
  postgres: { MILLRACE_DIRECTORY: 'postgres', MILLRACE_POSTGRES_URL: `postgres://ann:${inUrl}@127.0.0.1:9/db` },
  elasticsearch: {
    MILLRACE_SEARCH: 'elasticsearch',
    MILLRACE_ELASTICSEARCH_URL: `http://ann:${inUrl}@127.0.0.1:9`,
  },
};

describe('a process whose engine is away', () => {
  for (const [engine, env] of Object.entries(away))
    it(`ends with 8, says so, and shows no password: ${engine}`, async () => {
      const inherited = Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !name.startsWith('MILLRACE_')),
      );
      const child = spawn(process.execPath, ['cli/bin.mjs', 'dev'], {
        cwd: fileURLToPath(new URL('..', import.meta.url)),
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...inherited, PORT: '0', MILLRACE_DATA_DIR: `${folder}/${engine}`, MILLRACE_LOG_LEVEL: 'debug', ...env },
      });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
      const [code] = await once(child, 'close', { signal: AbortSignal.timeout(45_000) });
      assert.equal(code, 8, said);
      assert.match(said, /^millrace: .*(answer|reach|register|ECONNREFUSED)/m);
      assert.doesNotMatch(said, /swordfish|\n {4}at /);
    });
});
