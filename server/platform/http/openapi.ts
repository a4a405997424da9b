import { z } from 'zod';
import { ErrorBody } from '#shared/errors.ts';
import type { AnyEndpoint } from '#shared/http.ts';
import type { Mounted } from './serve.ts';

type Json = Record<string, unknown>;

/** Writes the OpenAPI 3.1 document from the calls as they are mounted: from the very schemas that validate. */
export function openApiOf(mounted: readonly Mounted[], site: { name: string; version: string }): Json {
  const paths: Record<string, Json> = {};
  for (const { call, requires } of mounted) {
    const path = call.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [call.method]: operationOf(call, requires) };
  }
  return {
    openapi: '3.1.0',
    info: { title: site.name, version: site.version, description: 'Live updates go by Socket.IO; see the README.' },
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'vigie_session' },
        token: { type: 'http', scheme: 'bearer' },
        key: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'Calls under /api/admin only' },
      },
      schemas: { Error: schemaOf(ErrorBody, 'output') },
    },
    security: [{ session: [] }, { token: [] }, { key: [] }],
    paths,
  };
}

function operationOf(call: AnyEndpoint, requires: string): Json {
  const failure = { description: 'Refused', content: jsonOf({ $ref: '#/components/schemas/Error' }) };
  const status = String(call.status ?? 200);
  return {
    summary: call.summary,
    tags: [call.path.split('/')[2] ?? 'api'],
    'x-right': requires,
    ...(requires === 'public' ? { security: [] } : {}),
    parameters: [...parametersOf(call.params, 'path'), ...parametersOf(call.query, 'query')],
    ...(call.body ? { requestBody: { required: true, content: jsonOf(schemaOf(call.body, 'input')) } } : {}),
    responses: {
      [status]: { description: 'Done', ...(status === '204' ? {} : { content: contentOf(call) }) },
      default: failure,
    },
  };
}

function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query'): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as { properties?: Json; required?: string[] }; // JSON Schema of an object
  return Object.entries(properties).map(([name, value]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: value,
  }));
}

function contentOf({ mediaType, reply }: AnyEndpoint): Json {
  if (!mediaType) return jsonOf(schemaOf(reply, 'output'));
  return { [mediaType]: { schema: mediaType.startsWith('text/') ? schemaOf(reply, 'output') : BYTES } };
}

/** A file: the schema that checks its bytes says nothing that JSON could. */
const BYTES = { type: 'string', format: 'binary' };

function jsonOf(schema: Json): Json {
  return { 'application/json': { schema } };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
