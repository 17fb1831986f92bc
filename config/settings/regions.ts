import { Type } from '@sinclair/typebox';
import { peersOf } from '../peers.ts';
import { problemOf, setting } from '../setting.ts';

/** Two regions, each a whole installation: docs/runbooks/regions.md. */
export const regionsSettings = {
  region: setting(
    'MILLRACE_REGION',
    Type.Optional(Type.Integer({ minimum: 0, maximum: 63 })),
    'Number of this region, where there are two; for good, once it has data. Default: there is one, and nothing of regions runs.',
  ),
  peers: setting(
    'MILLRACE_PEERS',
    Type.Optional(Type.String()),
    'The other region, of which there may be one so far, and where its log is read: 2=http://its.operators:port, or 2=kafka://broker:port+broker:port, which is spoken to with this region’s own settings for Kafka.',
    { check: (text) => problemOf(() => peersOf(text)) },
  ),
  region_token: setting(
    'MILLRACE_REGION_TOKEN',
    Type.Optional(Type.String({ minLength: 16 })),
    'What regions show each other on the operators’ port, the same in all of them; it lets them read this region’s log, and nothing else.',
    { secret: true },
  ),
} as const;
