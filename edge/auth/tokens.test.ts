import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { Tokens } from './tokens.ts';

const secret = 'a secret of the tests, with more than 32 bytes';
const unauthenticated = { name: 'MillraceError', code: 'unauthenticated' };
const unavailable = { name: 'MillraceError', code: 'unavailable' };

/** A key of an issuer: what it publishes, and tokens that it signs. */
async function issuerKey(alg: string, kid: string) {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg };
  const sign = (claims: { [claim: string]: unknown } = {}): Promise<string> =>
    new SignJWT({ sub: 'alice', workspace_id: 'w', ...claims })
      .setProtectedHeader({ alg, kid })
      .setExpirationTime('1h')
      .sign(privateKey);
  return { jwk, sign };
}

describe('tokens of an issuer that publishes its keys', () => {
  let server: Server;
  let url: string;
  /** What the key server says, and how often it was asked. */
  let answer: { status: number; body: string };
  let asked = 0;
  let now: number;
  let rsa: Awaited<ReturnType<typeof issuerKey>>;
  before(async () => {
    rsa = await issuerKey('RS256', 'rsa');
    server = createServer((_, response) => {
      asked++;
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    asked = 0;
    now = Date.now();
  });

  const publish = (...keys: JWK[]): void => {
    answer = { status: 200, body: JSON.stringify({ keys }) };
  };
  const warned: unknown[] = [];
  const tokens = (more: { issuer?: string; audience?: string; jwks_url?: string } = {}): Tokens =>
    new Tokens(
      { secret, jwks_url: url, issuer: undefined, audience: undefined, ...more },
      (error) => void warned.push(error),
      () => now,
    );

  for (const alg of ['RS256', 'ES256', 'EdDSA'])
    it(`takes ${alg}, and no forged one`, async () => {
      const [own, forger] = [await issuerKey(alg, 'one'), await issuerKey(alg, 'one')];
      publish(own.jwk);
      const verifying = tokens();
      const identity = await verifying.verify(await own.sign({ role: 'admin' }));
      assert.equal(identity.user_id, 'alice');
      assert.equal(identity.role, 'admin');
      await assert.rejects(verifying.verify(await forger.sign()), unauthenticated);
    });

  it('takes of a name and an address what every directory can keep', async () => {
    publish(rsa.jwk);
    const read = async (claims: object) => {
      const { name, email } = await tokens().verify(await rsa.sign({ ...claims }));
      return [name, email];
    };
    assert.deepEqual(await read({ name: 'A\0n\u0007n', email: 'a\0@x.example' }), ['Ann', 'a@x.example']);
    assert.deepEqual(await read({ name: `${'😀'.repeat(199)}ab`, email: 5 }), [`${'😀'.repeat(199)}a`, undefined]);
  });

  it('refuses HS256, and what is no token, without a question to the key server', async () => {
    publish(rsa.jwk);
    const [verifying, key] = [tokens(), new TextEncoder().encode(secret)];
    const symmetric = new SignJWT({ sub: 'alice', workspace_id: 'w' }).setProtectedHeader({ alg: 'HS256', kid: 'rsa' });
    await assert.rejects(verifying.verify(await symmetric.setExpirationTime('1h').sign(key)), unauthenticated);
    await assert.rejects(verifying.verify('nonsense'), unauthenticated);
    assert.equal(asked, 0);
  });

  it('checks issuer and audience', async () => {
    publish(rsa.jwk);
    const verifying = tokens({ issuer: 'https://issuer', audience: 'millrace' });
    await verifying.verify(await rsa.sign({ iss: 'https://issuer', aud: 'millrace' }));
    const named = (claim: string) => ({ ...unauthenticated, detail: `the token’s ${claim} claim is not accepted` });
    await assert.rejects(verifying.verify(await rsa.sign({ iss: 'https://other', aud: 'millrace' })), named('iss'));
    await assert.rejects(verifying.verify(await rsa.sign({ iss: 'https://issuer', aud: 'other' })), named('aud'));
    await assert.rejects(verifying.verify(await rsa.sign()), unauthenticated);
  });

  it('fetches the set anew for an unknown kid, at most each 30 s', async () => {
    const next = await issuerKey('ES256', 'next');
    publish(rsa.jwk);
    const verifying = tokens();
    await verifying.verify(await rsa.sign());
    assert.equal(asked, 1);
    now += 29_000;
    for (let i = 0; i < 20; i++) await assert.rejects(verifying.verify(await next.sign({ i })), unauthenticated);
    assert.equal(asked, 1);
    now += 2000;
    publish(rsa.jwk, next.jwk);
    await Promise.all([1, 2, 3].map(async (i) => verifying.verify(await next.sign({ i }))));
    assert.equal(asked, 2);
  });

  it('is unavailable where the key server is not there, does not say 200, or says what is no key set', async () => {
    const token = await rsa.sign();
    await assert.rejects(tokens({ jwks_url: 'http://127.0.0.1:9/jwks' }).verify(token), unavailable);
    for (const said of [
      { status: 500, body: '' },
      { status: 302, body: '' },
      { status: 200, body: '<html>' },
      { status: 200, body: '{"keys":"none"}' },
      { status: 200, body: 'null' },
      { status: 200, body: `{"keys":[],"more":"${'x'.repeat(2 * 1024 * 1024)}"}` },
    ]) {
      answer = said;
      const verifying = tokens();
      await assert.rejects(verifying.verify(token), unavailable, said.body.slice(0, 50));
      publish(rsa.jwk);
      now += 1000;
      assert.equal((await verifying.verify(token)).user_id, 'alice', 'it is asked again');
    }
  });

  it('asks a key server that fails no more than once a second, before it has a set', async () => {
    answer = { status: 503, body: '' };
    const verifying = tokens();
    for (let i = 0; i < 20; i++) await assert.rejects(verifying.verify(await rsa.sign({ i })), unavailable);
    assert.equal(asked, 1);
  });

  it('goes on with the set it has while the key server is away; of a kid that is not in it, nobody can tell', async () => {
    const next = await issuerKey('ES256', 'next');
    publish(rsa.jwk);
    const verifying = tokens();
    await verifying.verify(await rsa.sign());
    answer = { status: 503, body: '' };
    now += 3_600_000;
    warned.length = 0;
    for (let i = 0; i < 20; i++) {
      await verifying.verify(await rsa.sign({ i }));
      await assert.rejects(verifying.verify(await next.sign({ i })), unavailable);
    }
    assert.equal(asked, 2);
    assert.equal(warned.length, 1);
  });
});
