import { Type } from '@sinclair/typebox';
import { setting } from '../setting.ts';

/** Presence. */
export const redisSettings = {
  presence: setting(
    'MILLRACE_PRESENCE',
    Type.Union([Type.Literal('embedded'), Type.Literal('redis')], { default: 'embedded' }),
    'Where is kept who is here, and how many requests each person has left. Several processes need redis.',
  ),
  redis_url: setting(
    'MILLRACE_REDIS_URL',
    Type.Optional(Type.String({ pattern: '^rediss?://' })),
    'With MILLRACE_PRESENCE=redis: redis://user:password@host:port/db, or rediss:// for TLS.',
    { secret: true },
  ),
  redis_ca: setting(
    'MILLRACE_REDIS_CA',
    Type.Optional(Type.String()),
    'With rediss: file with the authorities that its certificate may come from. Default: those of Node.',
  ),
} as const;
