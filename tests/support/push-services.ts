import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { Certificate } from './certificate.ts';

export interface Pushed {
  platform: 'fcm' | 'apns';
  token: string;
  headers: { [name: string]: string | string[] | undefined };
  body: { [field: string]: unknown };
}

/** What a service answers instead of taking a push. */
export interface Refusal {
  status: number;
  /** Apple's reason, or Google's error code. */
  reason: string;
  retryAfter?: number;
}

/** Whose names the certificate must have. */
export const pushHosts = ['fcm.googleapis.com', 'oauth2.googleapis.com', 'www.googleapis.com', 'api.push.apple.com'];
const apnsTopic = 'org.millrace.app';

/**
 * Google's and Apple's push services as their packages see them, on this machine: the real hosts' names, TLS, Google's HTTP
 * with OAuth tokens and Apple's HTTP/2 with provider tokens, reached by a proxy that takes CONNECT for these names alone.
 */
export class PushServices {
  readonly pushed: Pushed[] = [];
  /** Asked before each push; undefined takes it. */
  answer: (platform: 'fcm' | 'apns', token: string) => Refusal | undefined = () => undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly proxy: HttpServer,
    private readonly google: HttpsServer,
    private readonly apple: Http2SecureServer,
    private readonly certificate: string,
  ) {}

  static async start({ cert, key }: Certificate): Promise<PushServices> {
    const tls = { cert: readFileSync(cert), key: readFileSync(key) };
    const services = new PushServices(
      createHttpServer(),
      createHttpsServer(tls),
      createSecureServer({ ...tls, allowHTTP1: false }),
      cert,
    );
    services.serve();
    for (const server of [services.proxy, services.google, services.apple])
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return services;
  }

  /** For a process that pushes to both. */
  settings(): { [name: string]: string } {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const account = {
      type: 'service_account',
      project_id: 'millrace-test',
      client_email: 'pusher@millrace-test.iam.gserviceaccount.com',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    };
    const apple = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    return {
      MILLRACE_PUSH: 'providers',
      MILLRACE_FCM_CREDENTIALS: JSON.stringify(account),
      MILLRACE_APNS_KEY: apple.export({ type: 'pkcs8', format: 'pem' }).toString(),
      MILLRACE_APNS_KEY_ID: 'KEY1234567',
      MILLRACE_APNS_TEAM_ID: 'TEAM123456',
      MILLRACE_APNS_TOPIC: apnsTopic,
      MILLRACE_PUSH_PROXY: `http://127.0.0.1:${(this.proxy.address() as AddressInfo).port}`,
      // What these packages can't be told by an option when they go through a proxy.
      NODE_EXTRA_CA_CERTS: this.certificate,
    };
  }

  to(token: string): Pushed[] {
    return this.pushed.filter((push) => push.token === token);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(
      [this.proxy, this.google, this.apple].map((server) => new Promise((resolve) => server.close(resolve))),
    );
  }

  private serve(): void {
    this.proxy.on('connect', (request, socket) => {
      const [host] = request.url!.split(':');
      if (!pushHosts.includes(host!)) {
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
        return;
      }
      const server = host === 'api.push.apple.com' ? this.apple : this.google;
      const there = connect((server.address() as AddressInfo).port, '127.0.0.1');
      this.sockets.add(there).add(socket as Socket);
      there.on('connect', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        there.pipe(socket).pipe(there);
      });
      // Whoever holds the other end is told by its close.
      for (const [one, other] of [
        [there, socket],
        [socket, there],
      ] as const)
        one.on('error', () => other.destroy()).on('close', () => other.destroy());
    });
    this.google.on('request', async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      const [status, body, headers] = request.url!.includes('/token')
        ? this.oauth(text)
        : this.fcm(request.headers.authorization, request.url!, text, request.headers);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    });
    this.apple.on('stream', (stream, headers) => void this.apns(stream, headers));
  }

  private oauth(text: string): Answer {
    const assertion = new URLSearchParams(text).get('assertion');
    const claims = assertion ? decodeJwt(assertion) : {};
    if (claims.iss !== 'pusher@millrace-test.iam.gserviceaccount.com') return [401, { error: 'invalid_grant' }, {}];
    return [200, { access_token: 'google-token', expires_in: 3600, token_type: 'Bearer' }, {}];
  }

  private fcm(authorization: string | undefined, path: string, text: string, headers: Pushed['headers']): Answer {
    if (authorization !== 'Bearer google-token') return [401, googleError('UNAUTHENTICATED', 401), {}];
    if (path !== '/v1/projects/millrace-test/messages:send') return [404, googleError('NOT_FOUND', 404), {}];
    const { message } = JSON.parse(text) as { message: { token: string } };
    const refusal = this.answer('fcm', message.token);
    if (refusal) {
      const { status, reason, retryAfter } = refusal;
      return [
        status,
        googleError(reason, status),
        retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
      ];
    }
    this.pushed.push({ platform: 'fcm', token: message.token, headers, body: message });
    return [200, { name: `projects/millrace-test/messages/${this.pushed.length}` }, {}];
  }

  private async apns(stream: ServerHttp2Stream, headers: Pushed['headers']): Promise<void> {
    stream.on('error', () => stream.close());
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    const refuse = ({ status, reason }: Refusal): void => {
      stream.respond({ ':status': status, 'content-type': 'application/json' });
      stream.end(JSON.stringify({ reason }));
    };
    const jwt = String(headers['authorization']).replace('bearer ', '');
    const { alg, kid } = decodeProtectedHeader(jwt);
    if (alg !== 'ES256' || kid !== 'KEY1234567' || decodeJwt(jwt).iss !== 'TEAM123456')
      return refuse({ status: 403, reason: 'InvalidProviderToken' });
    if (headers['apns-topic'] !== apnsTopic) return refuse({ status: 400, reason: 'BadTopic' });
    const token = String(headers[':path']).replace('/3/device/', '');
    const refusal = this.answer('apns', token);
    if (refusal) return refuse(refusal);
    this.pushed.push({ platform: 'apns', token, headers, body: JSON.parse(text) as Pushed['body'] });
    stream.respond({ ':status': 200, 'apns-id': '00000000-0000-0000-0000-000000000000' });
    stream.end();
  }
}

type Answer = [status: number, body: object, headers: { [name: string]: string }];

/** https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode */
function googleError(reason: string, code: number): object {
  const type = 'type.googleapis.com/google.firebase.fcm.v1.FcmError';
  const status =
    code === 404 ? 'NOT_FOUND' : code === 429 ? 'RESOURCE_EXHAUSTED' : code === 503 ? 'UNAVAILABLE' : reason;
  const message =
    reason === 'INVALID_ARGUMENT' ? 'The registration token is not a valid FCM registration token' : reason;
  return { error: { code, message, status, details: [{ '@type': type, errorCode: reason }] } };
}
