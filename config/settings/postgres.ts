import { Type } from '@sinclair/typebox';
import { setting } from '../setting.ts';

/** The directory. */
export const postgresSettings = {
  directory: setting(
    'MILLRACE_DIRECTORY',
    Type.Union([Type.Literal('embedded'), Type.Literal('postgres')], { default: 'embedded' }),
    'Where people, channels and memberships are kept.',
  ),
  postgres_url: setting(
    'MILLRACE_POSTGRES_URL',
    Type.Optional(Type.String({ pattern: '^postgres(ql)?://' })),
    'With MILLRACE_DIRECTORY=postgres: postgres://user:password@host:port/database; TLS by ?sslmode=verify-full&sslrootcert=FILE.',
    { secret: true },
  ),
} as const;
