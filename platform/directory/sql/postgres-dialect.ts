import { sql } from 'kysely';
import { MillraceError, messageOf } from '../../errors/error.ts';
import type { DirectoryDialect } from './dialect.ts';

/** PostgreSQL's error classes that say: the engine is away, full, stopping or overloaded (Appendix A of its manual). */
const away = /^(08|53|57|58|XX)/;
/** What node's sockets and pg's pool say when there is no server to talk to. */
const noServer = /ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTFOUND|EPIPE|timeout|terminated|Connection/i;

/** PostgreSQL: many connections, so rows that a transaction decides by are locked, and races are tried again. */
export const postgresDirectory: DirectoryDialect = {
  text: sql`text collate "C"`,
  listed: (ids) => sql<{ id: string }>`(select unnest(${ids}::text[]) as id)`,
  lock: sql`for update`,
  // Serialization failure, deadlock, and a unique key that another transaction took meanwhile.
  isRace: (error) => ['40001', '40P01', '23505'].includes(codeOf(error)),
  asUnavailable: (error) => {
    const code = codeOf(error);
    if (!away.test(code) && !(code === '' || /^E/.test(code) ? noServer.test(`${code} ${messageOf(error)}`) : false))
      return undefined;
    return new MillraceError('unavailable', 'the directory’s database does not answer: try again', {
      retryAfter: 1,
      cause: error,
    });
  },
};

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? '');
}
