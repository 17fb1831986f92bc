import crypto from 'node:crypto';
import S3rver from 's3rver';

// It writes a list's continuation token with DES, which Node has had no more since OpenSSL 3: every list that goes on would be
// a 500. Nobody reads those tokens here (a page begins after a name), so any cipher does.
const { createCipheriv } = crypto;
type Arguments = Parameters<typeof createCipheriv>;
crypto.createCipheriv = ((...[name, key, iv, options]: Arguments) =>
  name === 'des'
    ? createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16))
    : createCipheriv(name, key, iv, options)) as typeof createCipheriv;

/** What it takes. */
export const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

export interface S3Server {
  endpoint: string;
  close(): Promise<void>;
}

/** For tests: a server of another make that speaks S3, with one bucket, which is a folder in `directory`. */
export async function startS3Server(directory: string, bucket: string): Promise<S3Server> {
  const server = new S3rver({
    ...{ address: '127.0.0.1', port: 0, silent: true, directory, vhostBuckets: false },
    configureBuckets: [{ name: bucket, configs: [] }],
  });
  const { port } = await server.run();
  return { endpoint: `http://127.0.0.1:${port}`, close: () => server.close() };
}
