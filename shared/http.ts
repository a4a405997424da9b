import type { z } from 'zod';

/** HTTP methods the contract uses. */
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

type Schema = z.ZodType;

/**
 * One REST call, described once: the server mounts it, the client calls it and the OpenAPI document is generated from it, so that none
 * of the three can drift. Absent `params`, `query` or `body` means that the call takes none.
 */
export interface Endpoint<P extends Schema = Schema, Q extends Schema = Schema, B extends Schema = Schema, R extends Schema = Schema> {
  readonly method: Method;
  /** Path with `:name` parameters, as `/api/dossiers/:id`. */
  readonly path: string;
  /** One English sentence for the API documentation. */
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly reply: R;
  /** Status of a success; 200 unless told, 204 when there is no content. */
  readonly status?: 200 | 201 | 204;
  /** What the reply is when it is a text and not JSON. */
  readonly mediaType?: string;
}

export type AnyEndpoint = Endpoint<Schema, Schema, Schema, Schema>;

/** What a caller gives: the schemas' input side. */
export type CallInput<E extends AnyEndpoint> = (E extends { params: infer P extends Schema }
  ? { params: z.input<P> }
  : { params?: undefined }) &
  (E extends { query: infer Q extends Schema } ? { query?: z.input<Q> } : { query?: undefined }) &
  (E extends { body: infer B extends Schema } ? { body: z.input<B> } : { body?: undefined });

/** What a handler receives: the schemas' parsed side. */
export interface Parsed<E extends AnyEndpoint> {
  params: E extends { params: infer P extends Schema } ? z.output<P> : undefined;
  query: E extends { query: infer Q extends Schema } ? z.output<Q> : undefined;
  body: E extends { body: infer B extends Schema } ? z.output<B> : undefined;
}

export type Reply<E extends AnyEndpoint> = z.output<E['reply']>;

/** Declares a call; exists for its types only. */
export function endpoint<const E extends AnyEndpoint>(description: E): E {
  return description;
}
