import type { TObject } from '@sinclair/typebox';
import { Problem } from '../wire/schemas.ts';
import type { Route } from './route.ts';

/** OpenAPI 3.1 of the routes, from the definitions that validate their requests. */
export function openapi(routes: Route[], version: string): object {
  const paths: { [path: string]: { [method: string]: object } } = {};
  for (const { spec } of routes) {
    const path = spec.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][spec.method.toLowerCase()] = {
      summary: spec.summary,
      operationId: operationId(spec.method, spec.path),
      parameters: [...parameters('path', spec.params), ...parameters('query', spec.query)],
      ...(spec.body ? { requestBody: { required: true, content: { 'application/json': { schema: spec.body } } } } : {}),
      responses: {
        ...Object.fromEntries(
          Object.entries(spec.responses).map(([status, { description, schema }]) => [
            status,
            { description, ...(schema ? { content: { 'application/json': { schema } } } : {}) },
          ]),
        ),
        default: {
          description: 'What went wrong (RFC 9457).',
          content: { 'application/problem+json': { schema: Problem } },
        },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Millrace', version, description: 'Team messaging: channels, messages, unread, search.' },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  };
}

function parameters(place: 'path' | 'query', schema: TObject): object[] {
  return Object.entries(schema.properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (schema.required ?? []).includes(name),
    schema: property,
  }));
}

function operationId(method: string, path: string): string {
  const words = path
    .split('/')
    .filter((part) => part && part !== 'v1')
    .map((part) => part.replace(':', 'by_'));
  return [method.toLowerCase(), ...words].join('_').replaceAll('-', '_');
}
