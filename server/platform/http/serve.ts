import type {} from '@koa/bodyparser'; // adds request.body
import type Router from '@koa/router';
import type { Context as KoaContext } from 'koa';
import type { z } from 'zod';
import type { AnyEndpoint, Parsed, Reply } from '#shared/http.ts';
import type { Right } from '#shared/roles.ts';
import { actorMay, type Context } from '../context.ts';
import { Forbidden, Invalid, Unauthenticated } from '../errors.ts';

/**
 * What a caller needs for a call: a right of the one table; `session` for anybody who is signed in, whatever his role; `public` for
 * everybody. A call cannot be mounted without.
 */
export type Requirement = Right | 'session' | 'public';

/** What a few calls need of HTTP itself: the cookie and the address. Everything else stays out of a handler's sight. */
export interface Edge {
  address: string;
  userAgent: string;
  cookie(name: string): string | undefined;
  setCookie(name: string, value: string | null, options?: { maxAgeMs?: number }): void;
}

export type Handler<E extends AnyEndpoint> = (ctx: Context, request: Parsed<E>, edge: Edge) => Promise<Reply<E>>;

/** A call as it is mounted; the API documentation is written from the list of them. */
export interface Mounted {
  call: AnyEndpoint;
  requires: Requirement;
}

export interface Api {
  router: Router;
  mounted: Mounted[];
}

/** Checks replies against the contract; for tests, where a reply that says too much must fail. */
const CHECK_REPLIES = process.env.NODE_ENV === 'test';

/**
 * Mounts a call: checks the right before anything else, parses parameters, query and body by the call's own schemas (every fault at once), and
 * answers with the call's status.
 */
export function serve<E extends AnyEndpoint>(api: Api, call: E, requires: Requirement, handler: Handler<E>): void {
  api.mounted.push({ call, requires });
  api.router[call.method](call.path, async (koa: KoaContext) => {
    const ctx = contextOf(koa);
    requireRight(ctx, requires, koa);
    const request = {
      params: parsed(call.params, koa.params, 'params'),
      query: parsed(call.query, { ...koa.query }, 'query'),
      body: parsed(call.body, koa.request.body ?? {}, 'body'),
    } as Parsed<E>; // each part was parsed by the schema that gives it its type
    const reply = await handler(ctx, request, edgeOf(koa));
    if (CHECK_REPLIES) call.reply.parse(reply);
    koa.status = call.status ?? 200;
    koa.body = koa.status === 204 ? null : reply;
    if (call.mediaType) koa.type = call.mediaType;
  });
}

/** The context that the authentication put on a request. */
export function contextOf(koa: KoaContext): Context {
  return koa.state.ctx as Context; // put there by the authentication, which runs before every route
}

function requireRight(ctx: Context, requires: Requirement, koa: KoaContext): void {
  if (requires === 'public') return;
  const { actor } = ctx;
  if (actor.kind === 'system') throw new Unauthenticated();
  if (requires === 'session') {
    if (actor.kind === 'screen' || actor.kind === 'key') throw new Forbidden();
    return;
  }
  if (koa.state.mustChangePassword) throw new Forbidden('session.password-expired');
  if (!actorMay(actor, requires)) throw new Forbidden();
}

function parsed(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Invalid(result.error.issues.map((issue) => ({ where, path: issue.path.map(String).join('.'), message: issue.message })));
}

function edgeOf(koa: KoaContext): Edge {
  return {
    address: koa.ip,
    userAgent: koa.get('user-agent').slice(0, 200),
    cookie: (name) => koa.cookies.get(name),
    setCookie: (name, value, options) =>
      koa.cookies.set(name, value, {
        httpOnly: true,
        sameSite: 'lax',
        secure: koa.secure,
        overwrite: true,
        ...(options?.maxAgeMs === undefined ? {} : { maxAge: options.maxAgeMs }),
      }),
  };
}
