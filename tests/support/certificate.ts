import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after } from 'node:test';

export interface Certificate {
  cert: string;
  key: string;
}

/** A certificate of its own authority for this machine and some host names, made by openssl, until the file's tests end; undefined without one. */
export function selfSigned(hosts: string[] = []): Certificate | undefined {
  const folder = mkdtempSync(`${tmpdir()}/millrace-certificate-`);
  after(() => rmSync(folder, { recursive: true }));
  const [cert, key] = [`${folder}/cert.pem`, `${folder}/key.pem`];
  const names = ['subjectAltName=DNS:localhost', 'IP:127.0.0.1', ...hosts.map((host) => `DNS:${host}`)].join(',');
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
  try {
    execFileSync('openssl', [...args, '-addext', names, '-out', cert, '-keyout', key], { stdio: 'pipe' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return { cert, key };
}

/** One that a client trusts, and one that it does not know. Real engines come with openssl. */
export function twoCertificates(): { own: Certificate; other: Certificate } {
  return { own: selfSigned()!, other: selfSigned()! };
}
