import type { IncomingMessage } from 'node:http';
import { parseCookie } from 'cookie';
import type Koa from 'koa';
import type { Locale } from '#shared/accounts/schemas.ts';
import { SESSION_COOKIE, identify } from '#server/domains/accounts/index.ts';
import { SCREEN_COOKIE, identifyScreen } from '#server/domains/screens/index.ts';
import { SYSTEM, type Actor, type ContextFactory } from '#server/platform/context.ts';
import { localeOf } from '#server/platform/http/failures.ts';
import type { SocketIdentity } from '#server/platform/realtime/server.ts';
import type { Settings } from './settings.ts';

/** Finds out who calls and puts the context on the request; a caller without a session is nobody, and each call decides about him. */
export function authenticate(settings: Settings, contexts: ContextFactory, now: () => Date, siteLocale: Locale): Koa.Middleware {
  return async (koa, next) => {
    const found = await whoCalls(
      {
        sessionCookie: koa.cookies.get(SESSION_COOKIE),
        screenCookie: koa.cookies.get(SCREEN_COOKIE),
        authorization: koa.get('authorization') || undefined,
        apiKey: koa.get('x-api-key') || undefined,
        path: koa.path,
      },
      settings,
      now,
    );
    koa.state.mustChangePassword = found?.mustChangePassword ?? false;
    koa.state.ctx = contexts({ actor: found?.actor ?? SYSTEM, locale: localeOf(koa, siteLocale), from: koa.ip });
    await next();
  };
}

interface Credentials {
  sessionCookie: string | undefined;
  screenCookie: string | undefined;
  authorization: string | undefined;
  apiKey: string | undefined;
  path: string;
}

interface Caller {
  actor: Actor;
  session: string;
  mustChangePassword: boolean;
  level?: 0 | 1;
}

async function whoCalls(given: Credentials, settings: Settings, now: () => Date): Promise<Caller | undefined> {
  const person = await identify(given, { now, apiKey: settings.VIGIE_API_KEY });
  if (person) return person;
  const screen = given.screenCookie === undefined ? undefined : await identifyScreen(given.screenCookie, now());
  return screen && { ...screen, mustChangePassword: false };
}

/** Who is behind a socket's handshake; undefined: nobody. */
export async function socketIdentity(request: IncomingMessage, settings: Settings, now: () => Date): Promise<SocketIdentity | undefined> {
  const cookies = parseCookie(request.headers.cookie ?? '');
  const found = await whoCalls(
    {
      sessionCookie: cookies[SESSION_COOKIE],
      screenCookie: cookies[SCREEN_COOKIE],
      authorization: request.headers.authorization,
      apiKey: undefined,
      path: '/socket.io/',
    },
    settings,
    now,
  );
  if (!found || found.mustChangePassword) return undefined;
  const { actor, session, level } = found;
  if (level !== undefined) return { actor, session, viewer: { kind: 'screen', level } };
  return actor.role === null ? undefined : { actor, session, viewer: { kind: 'role', role: actor.role } };
}
