import { Type } from '@sinclair/typebox';
import { setting } from '../setting.ts';

/** The way in for operators. */
export const operatorsSettings = {
  ops_port: setting(
    'MILLRACE_OPS_PORT',
    Type.Integer({ minimum: 0, maximum: 65_535, default: 0 }),
    'Port of the operators’ page and admin API. 0 takes a free one; `millrace ops` says which.',
  ),
  ops_host: setting(
    'MILLRACE_OPS_HOST',
    Type.String({ default: '127.0.0.1' }),
    'Address on which operators are listened to. What they see is private: keep it off public networks.',
  ),
  ops_token: setting(
    'MILLRACE_OPS_TOKEN',
    Type.Optional(Type.String({ minLength: 16 })),
    'What operators must show on that port. Default: one made at the first start and kept in the data folder.',
    { secret: true },
  ),
} as const;
