import * as calls from '#shared/screens/api.ts';
import { serve, type Api } from '#server/platform/http/serve.ts';
import { SCREEN_COOKIE, SCREEN_COOKIE_MS } from './identify.ts';
import { askPairing, createPairingLimit, openScreen, pollPairing } from './pairing.ts';
import { closeScreen, listScreens, readWall, type WallSources } from './service.ts';

export interface ScreensDeps extends WallSources {
  live: { endActor(id: string): void };
}

/** The calls on screens and the wall's snapshot. */
export function mountScreens(api: Api, { live, ...sources }: ScreensDeps): void {
  const limit = createPairingLimit();

  serve(api, calls.askPairingCall, 'public', (ctx) => askPairing(ctx, limit));
  serve(api, calls.pollPairingCall, 'public', async (ctx, { body }, edge) => {
    const { state, cookie } = await pollPairing(ctx, body.secret);
    if (cookie !== undefined) edge.setCookie(SCREEN_COOKIE, cookie, { maxAgeMs: SCREEN_COOKIE_MS });
    return { state };
  });

  serve(api, calls.openScreenCall, 'screens:manage', (ctx, { body }) => openScreen(ctx, body));
  serve(api, calls.listScreensCall, 'screens:manage', () => listScreens());
  serve(api, calls.closeScreenCall, 'screens:manage', (ctx, { params }) => closeScreen(ctx, params.id, live));

  serve(api, calls.wallCall, 'wall:read', async (ctx, _request, edge) => {
    const cookie = ctx.actor.kind === 'screen' ? edge.cookie(SCREEN_COOKIE) : undefined;
    if (cookie !== undefined) edge.setCookie(SCREEN_COOKIE, cookie, { maxAgeMs: SCREEN_COOKIE_MS }); // its time begins anew
    return readWall(ctx, sources);
  });
}
