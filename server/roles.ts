import type { Settings } from '../config/settings.ts';
import { MillraceError } from '../platform/errors/error.ts';

/** What a process does. */
export interface Roles {
  /** Serves clients: REST, sockets, the web page. */
  edge: boolean;
  /** The topologies that it may run. */
  runs: 'all' | readonly string[];
}

/** One process for all. */
export const everything: Roles = { edge: true, runs: 'all' };

/** Error: `config_invalid`, where a process that isn't the only one would keep what others need in its own folder. */
export function refuseRoles(settings: Settings, { edge, runs }: Roles): void {
  const name = edge ? 'edge' : 'run';
  if (edge && runs === 'all') return;
  const missing = [
    ...(settings.log === 'kafka' ? [] : ['MILLRACE_LOG=kafka']),
    ...(settings.store === 'cassandra' ? [] : ['MILLRACE_STORE=cassandra']),
    ...(settings.search === 'elasticsearch' ? [] : ['MILLRACE_SEARCH=elasticsearch']),
    ...(settings.directory === 'postgres' ? [] : ['MILLRACE_DIRECTORY=postgres']),
    ...(settings.presence === 'redis' ? [] : ['MILLRACE_PRESENCE=redis']),
    ...(settings.jwt_secret || settings.jwks_url || !edge ? [] : ['MILLRACE_JWT_SECRET or MILLRACE_JWKS_URL']),
  ];
  if (missing.length === 0) return;
  throw new MillraceError(
    'config_invalid',
    `\`millrace ${name}\` is one process of several, which share what they keep: it needs ${missing.join(', ')}; \`millrace dev\` runs everything in one process`,
  );
}
