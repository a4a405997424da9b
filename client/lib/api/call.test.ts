import { signInCall, signOutCall, welcomeCall } from '#shared/accounts/api.ts';
import { readDossierCall } from '#shared/dossiers/api.ts';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { addressOf, call, onSessionEnded } from './call.ts';
import { ApiError, Offline, failureText, refusalsIn } from './failures.ts';

function answers(status: number, body: unknown) {
  const fetcher = vi.fn((_address: string, _init: RequestInit) => Promise.resolve(Response.json(body, { status })));
  vi.stubGlobal('fetch', fetcher);
  return fetcher;
}

const welcome = { session: null, site: { name: 'Brume', timezone: 'Europe/Paris', locale: 'fr' }, demo: null, build: 'b' };

afterEach(() => void vi.unstubAllGlobals());

describe('a call', () => {
  test('gives the parsed reply and says its language', async () => {
    const fetcher = answers(200, welcome);
    await expect(call(welcomeCall)).resolves.toEqual(welcome);
    expect(fetcher.mock.calls[0]?.[1]).toMatchObject({ method: 'GET', credentials: 'same-origin', headers: { 'accept-language': 'fr' } });
  });

  test('finds a reply that is not the contract’s while developing', async () => {
    answers(200, { site: 1 });
    await expect(call(welcomeCall)).rejects.toThrow();
  });

  test('throws what the server refuses, with every condition', async () => {
    answers(422, { error: { code: 'dossier.transition', message: 'x', details: [{ rule: 'role', message: 'Votre rôle' }] } });
    const error: unknown = await call(readDossierCall, { params: { id: 'a'.repeat(24) } }).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 422, code: 'dossier.transition' });
    expect(refusalsIn(error)).toHaveLength(1);
    expect(failureText(error)).toBe('Le déplacement est refusé.');
  });

  test('tells the session when nobody is signed in, but not after a wrong password', async () => {
    const ended = vi.fn();
    onSessionEnded(ended);
    answers(401, { error: { code: 'session.refused', message: '' } });
    await expect(call(signInCall, { body: { username: 'a', password: 'b' } })).rejects.toThrow(ApiError);
    expect(ended).not.toHaveBeenCalled();
    answers(401, { error: { code: 'session.none', message: '' } });
    await expect(call(signOutCall)).rejects.toThrow(ApiError);
    expect(ended).toHaveBeenCalledWith('session.none');
  });

  test('is offline without a network, and behind a proxy whose server is down', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
    await expect(call(welcomeCall)).rejects.toThrow(Offline);
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('<html>', { status: 502 })));
    await expect(call(welcomeCall)).rejects.toMatchObject({ why: 'network' });
  });

  test('puts parameters into the path and leaves out what is not asked', () => {
    expect(addressOf('/api/x/:id/y/:code', { params: { id: 'a b', code: '1' } })).toBe('/api/x/a%20b/y/1');
    expect(addressOf('/api/x', { query: { q: 'Œdème', mine: undefined, limit: 5 } })).toBe('/api/x?q=%C5%92d%C3%A8me&limit=5');
  });
});
