import { Type } from '@sinclair/typebox';
import { setting } from '../setting.ts';

/** The search index. */
export const elasticsearchSettings = {
  search: setting(
    'MILLRACE_SEARCH',
    Type.Union([Type.Literal('embedded'), Type.Literal('elasticsearch')], { default: 'embedded' }),
    'Where the search index is kept.',
  ),
  elasticsearch_url: setting(
    'MILLRACE_ELASTICSEARCH_URL',
    Type.Optional(Type.String({ pattern: '^https?://' })),
    'With MILLRACE_SEARCH=elasticsearch: addresses of its nodes, separated by commas, with user and password where it asks.',
    { secret: true },
  ),
  elasticsearch_api_key: setting(
    'MILLRACE_ELASTICSEARCH_API_KEY',
    Type.Optional(Type.String()),
    'An API key, in its encoded form, instead of user and password.',
    { secret: true },
  ),
  elasticsearch_ca: setting(
    'MILLRACE_ELASTICSEARCH_CA',
    Type.Optional(Type.String()),
    'With https: file with the authorities that its certificate may come from. Default: those of Node.',
  ),
} as const;
