import { listLightsCall, setLightCall } from '#shared/qa/api.ts';
import { serve, type Api } from '#server/platform/http/serve.ts';
import { currentLights, lightsOfDay, setLight } from './service.ts';
import { setSiteZone } from './zone.ts';

/** The calls on machines' lights. */
export function mountQa(api: Api, { timezone }: { timezone: string }): void {
  setSiteZone(timezone);
  serve(api, listLightsCall, 'qa:read', (ctx, { query }) => (query.date ? lightsOfDay(query.date) : currentLights(ctx.now())));
  serve(api, setLightCall, 'qa:set-light', (ctx, { params, body }) => setLight(ctx, params.machineId, body));
}
