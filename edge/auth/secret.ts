import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** The embedded default's own secret: made at the first start, kept in the data folder, readable by its owner alone. */
export function ownSecret(folder: string): string {
  const file = `${folder}/jwt-secret`;
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}
