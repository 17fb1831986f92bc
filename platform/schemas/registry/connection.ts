import { readFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { Agent, request as secureRequest } from 'node:https';
import { text } from 'node:stream/consumers';

export interface RegistrySettings {
  /** With user and password where it asks. */
  url: string;
  /** Before each subject, so that several runs can share a registry. */
  prefix: string;
  /** With https: file with the authorities that its certificate may come from. Default: those of Node. */
  ca?: string | undefined;
  /** A bearer token, instead of user and password. */
  token?: string | undefined;
}

/** Of one request. */
export const deadline_ms = 5000;

export interface RegistryAnswer {
  status: number;
  answer: unknown;
}

export interface Connection {
  host: string;
  /** Who we are to it. */
  authorization: string | undefined;
  /** Checks its certificate, where that is to come from authorities of one's own. */
  agent: Agent | undefined;
}

export function connectionOf({ url, ca, token }: RegistrySettings): Connection {
  const place = new URL(url);
  const user = `${decodeURIComponent(place.username)}:${decodeURIComponent(place.password)}`;
  place.username = place.password = '';
  const basic = user === ':' ? undefined : `Basic ${Buffer.from(user).toString('base64')}`;
  return {
    host: place.href.replace(/\/$/, ''),
    authorization: token === undefined ? basic : `Bearer ${token}`,
    agent: ca === undefined || place.protocol !== 'https:' ? undefined : new Agent({ ca: readFileSync(ca) }),
  };
}

/** One request of its API, for what the client has no call for. Rejects where no answer in JSON comes in time. */
export async function askRegistry(
  { host, authorization, agent }: Connection,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: object,
  signal = AbortSignal.timeout(deadline_ms),
): Promise<RegistryAnswer> {
  const headers = {
    'content-type': 'application/vnd.schemaregistry.v1+json',
    ...(authorization !== undefined && { authorization }),
  };
  const send = host.startsWith('https:') ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const request = send(`${host}${path}`, { method, headers, signal, agent }, (response) => {
      text(response)
        .then((told) => resolve({ status: response.statusCode!, answer: JSON.parse(told) as unknown }))
        .catch(reject);
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
