import { z } from 'zod';
import { endpoint } from '../http.ts';
import { Light, LightParams, LightsQuery, SetLight } from './schemas.ts';

export const listLightsCall = endpoint({
  method: 'get',
  path: '/api/qa/lights',
  summary: 'The light of every active machine, now or at the end of a day',
  query: LightsQuery,
  reply: z.array(Light),
});

export const setLightCall = endpoint({
  method: 'put',
  path: '/api/qa/lights/:machineId',
  summary: "Sets a machine's light by hand until the site's midnight",
  params: LightParams,
  body: SetLight,
  reply: Light,
});
