import { Type } from '@sinclair/typebox';
import { onOff, setting } from '../setting.ts';

/** Where what is old goes, and when. */
export const objectsSettings = {
  archive_after_days: setting(
    'MILLRACE_ARCHIVE_AFTER_DAYS',
    Type.Optional(Type.Integer({ minimum: 1, maximum: 36_500 })),
    'What was written so many days ago goes from the store into objects, and is read from there. Unset: never.',
  ),
  sweep_minutes: setting(
    'MILLRACE_SWEEP_MINUTES',
    Type.Integer({ minimum: 1, maximum: 1440, default: 10 }),
    'How often what is no longer kept is looked for: messages past their retention, people who are to be erased.',
  ),
  objects: setting(
    'MILLRACE_OBJECTS',
    Type.Union([Type.Literal('folder'), Type.Literal('s3')], { default: 'folder' }),
    'Where objects are kept: folder, in the data folder; s3, in a bucket. Once there are some, they stay where they are.',
  ),
  s3_bucket: setting(
    'MILLRACE_S3_BUCKET',
    Type.Optional(Type.String()),
    'With MILLRACE_OBJECTS=s3: the bucket, which must be there.',
  ),
  s3_region: setting('MILLRACE_S3_REGION', Type.String({ default: 'us-east-1' }), 'Its region.'),
  s3_endpoint: setting(
    'MILLRACE_S3_ENDPOINT',
    Type.Optional(Type.String({ pattern: '^https?://' })),
    'A server that speaks S3 and is not Amazon’s.',
  ),
  s3_path_style: setting('MILLRACE_S3_PATH_STYLE', onOff('off'), 'on: the bucket in the path, not in the host’s name.'),
  s3_access_key_id: setting(
    'MILLRACE_S3_ACCESS_KEY_ID',
    Type.Optional(Type.String()),
    'Unset: credentials as Amazon’s own package finds them, in the environment, in files or from the machine.',
  ),
  s3_secret_access_key: setting('MILLRACE_S3_SECRET_ACCESS_KEY', Type.Optional(Type.String()), 'Of that key.', {
    secret: true,
  }),
} as const;
