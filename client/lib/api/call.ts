import { untrack } from 'svelte';
import type { AnyEndpoint, CallInput, Reply } from '#shared/http.ts';
import { locale } from '../i18n/index.ts';
import { ApiError, Offline } from './failures.ts';

/** After this a request counts as lost. */
export const TIME_LIMIT_MS = 10_000;

interface Options {
  signal?: AbortSignal;
  timeLimitMs?: number;
}

interface Sent {
  params?: unknown;
  query?: unknown;
  body?: unknown;
}

type Ended = (code: string) => void;
let ended: Ended = () => undefined;

/** Who is told when the server says that nobody is signed in, or that the password must be changed first. */
export function onSessionEnded(handler: Ended): void {
  ended = handler;
}

/**
 * Makes one call of the contract.
 *
 * @throws ApiError when the server refuses, Offline when there is no answer that can be used.
 */
export async function call<E extends AnyEndpoint>(
  endpoint: E,
  ...[input, options]: Record<never, never> extends CallInput<E> ? [CallInput<E>?, Options?] : [CallInput<E>, Options?]
): Promise<Reply<E>> {
  const sent: Sent = input ?? {};
  const response = await send(endpoint, sent, options ?? {});
  const body = await read(response);
  if (!response.ok) throw refused(response.status, body);
  // Parsing twice costs time on long lists: the server has validated already, so only development does it again.
  if (import.meta.env.DEV) return endpoint.reply.parse(body) as Reply<E>; // parsed just here
  return body as Reply<E>; // validated by the server against the same schema
}

async function send(endpoint: AnyEndpoint, sent: Sent, options: Options): Promise<Response> {
  const limit = AbortSignal.timeout(options.timeLimitMs ?? TIME_LIMIT_MS);
  const headers: Record<string, string> = { accept: 'application/json', 'accept-language': untrack(() => locale.current) };
  if (sent.body !== undefined) headers['content-type'] = 'application/json';
  try {
    return await fetch(addressOf(endpoint.path, sent), {
      method: endpoint.method.toUpperCase(),
      headers,
      body: sent.body === undefined ? null : JSON.stringify(sent.body),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: options.signal ? AbortSignal.any([limit, options.signal]) : limit,
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Offline(limit.aborted ? 'timeout' : 'network', error);
  }
}

/** The address of a call: parameters in the path, the rest behind the question mark. */
export function addressOf(path: string, sent: Sent): string {
  const params = entriesOf(sent.params);
  const filled = path.replace(/:([a-zA-Z]+)/g, (_, name: string) => encodeURIComponent(textOf(params.get(name))));
  const query = new URLSearchParams();
  for (const [name, value] of entriesOf(sent.query)) if (value !== undefined && value !== '') query.set(name, textOf(value));
  return query.size > 0 ? `${filled}?${query.toString()}` : filled;
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function entriesOf(record: unknown): Map<string, unknown> {
  return new Map(Object.entries(record ?? {}));
}

async function read(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  try {
    return await response.json();
  } catch (error) {
    throw new Offline(response.status >= 500 ? 'network' : 'unreadable', error); // a proxy's page while the server is down
  }
}

function refused(status: number, body: unknown): ApiError {
  const { code, message, details } = errorIn(body);
  if (code === 'session.none' || code === 'session.password-expired') ended(code);
  return new ApiError(status, code, message, details);
}

function errorIn(body: unknown): { code: string; message: string; details?: unknown } {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  if (typeof error !== 'object' || error === null) return { code: 'internal', message: '' };
  const fields = new Map(Object.entries(error));
  return { code: String(fields.get('code') ?? 'internal'), message: String(fields.get('message') ?? ''), details: fields.get('details') };
}
