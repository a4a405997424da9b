import * as calls from '#shared/accounts/api.ts';
import type { RightsRow } from '#shared/accounts/schemas.ts';
import { RIGHTS, type Right } from '#shared/roles.ts';
import type { z } from 'zod';
import { serve, type Api, type Edge } from '#server/platform/http/serve.ts';
import type { Log } from '#server/platform/log.ts';
import { SESSION_COOKIE } from './identify.ts';
import { createSignInLimits } from './limits.ts';
import { changePassword } from './own-password.ts';
import type { Place } from './present.ts';
import { SESSION_MS, chooseRole, readSession, signIn, signOut, type Live } from './sign-in.ts';
import { createToken, listTokens, revokeToken } from './tokens.ts';
import { changeUser, createUser, listUsers, resetPassword } from './users.ts';

export interface AccountsDeps extends Place {
  live: Live;
  log: Log;
}

/** The calls on sessions, personal tokens and users. */
export function mountAccounts(api: Api, { live, log, ...place }: AccountsDeps): void {
  const signingIn = { place, limits: createSignInLimits(), live };

  serve(api, calls.welcomeCall, 'public', async (ctx) => ({
    ...place,
    session: ctx.actor.kind === 'user' ? await readSession(ctx, place) : null,
  }));
  serve(api, calls.signInCall, 'public', async (ctx, { body }, edge) => {
    const { session, secret } = await signIn(ctx, body, cookieOf(edge), signingIn);
    edge.setCookie(SESSION_COOKIE, secret, { maxAgeMs: SESSION_MS });
    log.info({ user: session.user.id, role: session.role }, 'signed in');
    return session;
  });
  serve(api, calls.readSessionCall, 'session', (ctx) => readSession(ctx, place));
  serve(api, calls.signOutCall, 'session', async (ctx, _request, edge) => {
    await signOut(ctx, cookieOf(edge), live);
    edge.setCookie(SESSION_COOKIE, null);
  });
  serve(api, calls.chooseRoleCall, 'session', (ctx, { body }, edge) => chooseRole(ctx, cookieOf(edge), body.role, place, live));
  serve(api, calls.changePasswordCall, 'session', (ctx, { body }, edge) => changePassword(ctx, cookieOf(edge), body, place, live));

  serve(api, calls.listTokensCall, 'session', (ctx) => listTokens(ctx));
  serve(api, calls.createTokenCall, 'session', (ctx, { body }) => createToken(ctx, body));
  serve(api, calls.revokeTokenCall, 'session', (ctx, { params }) => revokeToken(ctx, params.id, live));

  serve(api, calls.listUsersCall, 'users:manage', (_ctx, { query }) => listUsers(query));
  serve(api, calls.createUserCall, 'users:manage', (ctx, { body }) => createUser(ctx, body));
  serve(api, calls.changeUserCall, 'users:manage', (ctx, { params, body }) => changeUser(ctx, params.id, body, live));
  serve(api, calls.resetPasswordCall, 'users:manage', (ctx, { params }) => resetPassword(ctx, params.id, live));
  serve(api, calls.rightsMatrixCall, 'users:manage', () => Promise.resolve(matrix()));
}

function cookieOf(edge: Edge): string | undefined {
  return edge.cookie(SESSION_COOKIE);
}

function matrix(): z.infer<typeof RightsRow>[] {
  const rights = Object.keys(RIGHTS) as Right[]; // the keys of a const object are its type's keys
  return rights.map((right) => ({ right, roles: [...RIGHTS[right]] }));
}
