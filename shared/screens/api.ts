import { z } from 'zod';
import { endpoint } from '../http.ts';
import { IdParams, Nothing } from '../schemas.ts';
import { OpenScreen, Pairing, PairingState, Screen, WallSnapshot } from './schemas.ts';

export const askPairingCall = endpoint({
  method: 'post',
  path: '/api/screens/pairing',
  summary: 'A screen asks for a code to show',
  reply: Pairing,
  status: 201,
});

export const pollPairingCall = endpoint({
  method: 'post',
  path: '/api/screens/pairing/state',
  summary: 'A screen asks whether it was opened; then the cookie vigie_screen is set',
  body: z.strictObject({ secret: z.string().max(100) }),
  reply: PairingState,
});

export const openScreenCall = endpoint({
  method: 'post',
  path: '/api/admin/screens',
  summary: 'Opens a screen by the code that it shows',
  body: OpenScreen,
  reply: Screen,
  status: 201,
});

export const listScreensCall = endpoint({
  method: 'get',
  path: '/api/admin/screens',
  summary: 'The screens that are open',
  reply: z.array(Screen),
});

export const closeScreenCall = endpoint({
  method: 'delete',
  path: '/api/admin/screens/:id',
  summary: 'Closes a screen: its token is worth nothing any more',
  params: IdParams,
  reply: Nothing,
  status: 204,
});

export const wallCall = endpoint({
  method: 'get',
  path: '/api/wall',
  summary: 'What a wall shows, for a paired screen at its level or for a user',
  reply: WallSnapshot,
});
