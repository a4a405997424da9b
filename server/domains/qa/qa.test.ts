import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Light } from '#shared/qa/schemas.ts';
import { dayIn, nextMidnight } from '#shared/time.ts';
import { startTestApp, type Client, type TestApp } from '#server/testing/app.ts';
import { auditedActions, footprint, statusesOf } from '#server/testing/footprint.ts';
import { currentLight } from './index.ts';

const NEVER_SET = {
  light: 'unknown',
  reasons: [],
  why: [],
  asOf: null,
  until: null,
  by: null,
  set: null,
  silentSince: null,
  override: null,
};

const PATH = '/api/qa/lights/versa-hd-1';
const ZONE = 'Europe/Paris';

let test: TestApp;
let physicist: Client;

beforeAll(async () => {
  test = await startTestApp();
  physicist = await test.as('physicist');
});
afterAll(() => test.close());

const lights = async (query = ''): Promise<Light[]> => (await physicist.request<Light[]>('GET', `/api/qa/lights${query}`)).body;
const set = async (light: string, reason = 'contrôle du matin') => physicist.request<Light>('PUT', PATH, { light, reason });

describe('lights of machines', () => {
  it('are unknown as long as nobody sets them', async () => {
    expect(await lights()).toEqual([
      { machine: 'versa-hd-1', ...NEVER_SET },
      { machine: 'versa-hd-2', ...NEVER_SET },
    ]);
  });

  it('are set by a physicist only, with a reason, on a machine of the registry', async () => {
    const before = await footprint('lights');
    const body = { light: 'green', reason: 'contrôle' };
    const statuses = await statusesOf([
      [test.anonymous(), 'GET', '/api/qa/lights'],
      [test.anonymous(), 'PUT', PATH, body],
      [await test.as('technologist'), 'PUT', PATH, body],
      [await test.as('admin'), 'PUT', PATH, body],
      [physicist, 'PUT', PATH, { light: 'green' }],
      [physicist, 'PUT', PATH, { light: 'justified', reason: 'x' }],
      [physicist, 'PUT', PATH, { light: 'green', reason: '   ' }],
      [physicist, 'PUT', '/api/qa/lights/no-such-machine', body],
      [physicist, 'GET', '/api/qa/lights?date=today'],
    ]);
    expect(statuses).toEqual([401, 401, 403, 403, 400, 400, 400, 404, 400]);
    expect(await footprint('lights')).toEqual(before);
  });

  it('once set are seen by everybody until the site’s midnight, and are unknown from then on', async () => {
    const watcher = await test.watcher(await test.as('manager'));
    await watcher.watch('qa');
    await watcher.watch('wall');
    const { status, body } = await set('amber');
    expect(status).toBe(200);
    const until = nextMidnight(ZONE, test.clock.now());
    expect(body).toMatchObject({
      machine: 'versa-hd-1',
      light: 'amber',
      reasons: ['contrôle du matin'],
      by: 'Test physicist',
      until: until.toISOString(),
    });
    for (const topic of ['qa', 'wall']) {
      const seen = await watcher.until((event) => event.topic === topic && event.type === 'light:changed');
      expect(seen.data).toEqual({ light: body });
    }
    expect((await lights())[0]).toEqual(body);
    expect(await currentLight('versa-hd-1', new Date(until.getTime() - 1))).toEqual(body);
    expect(await currentLight('versa-hd-1', until)).toMatchObject({ light: 'unknown', asOf: until.toISOString(), by: null });
    expect(await auditedActions('machine:versa-hd-1')).toContain('light.set');
  });

  it('are a history: the last one counts, a former day shows its last', async () => {
    await set('red', 'non conforme');
    await set('green', 'refait');
    expect((await lights())[0]).toMatchObject({ light: 'green', reasons: ['refait'] });
    const today = dayIn(ZONE, test.clock.now());
    test.clock.advance(nextMidnight(ZONE, test.clock.now()).getTime() - test.clock.now().getTime() + 1000);
    physicist = await test.as('physicist');
    expect((await lights())[0]).toMatchObject({ light: 'unknown' });
    expect((await lights(`?date=${today}`))[0]).toMatchObject({ light: 'green', reasons: ['refait'] });
    expect((await lights(`?date=${dayIn(ZONE, test.clock.now())}`))[0]).toMatchObject({ light: 'unknown' });
  });
});
