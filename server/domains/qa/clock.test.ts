import mongoose from 'mongoose';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { saveConfigCall } from '#shared/qa/api.ts';
import { DEFAULT_QA_CONFIG } from '#shared/qa/default-config.ts';
import { createLog } from '#server/platform/log.ts';
import type { Context } from '#server/platform/context.ts';
import { HOUR_MS, LINAC, THIS_WEEK, startQualitySite, type QualitySite } from '#server/testing/quality.ts';
import { startLightClock } from './clock.ts';

let site: QualitySite;
let stop: () => Promise<void>;
let looks = 0;
let away = false;

beforeEach(async () => {
  looks = 0;
  away = false;
  const daily = { ...THIS_WEEK, id: 5, moduleId: 25, name: 'Top du jour', at: '2026-11-17T07:00:00.000' };
  const machines = [{ ...LINAC, qaTypes: ['CQQ' as const] }];
  site = await startQualitySite({ at: new Date('2026-11-18T07:00:00Z'), controls: [daily], machines });
  await site.read();
});
afterEach(async () => {
  await stop();
  await site.close();
});

function start(lookMs?: number): void {
  const ctx = (): Context => {
    looks += 1;
    if (away) throw new Error('the database is away');
    return site.test.ctx;
  };
  stop = startLightClock({ ctx, events: site.test.app.events, log: createLog('silent'), ...(lookMs ? { lookMs } : {}) });
}

const rows = () => mongoose.connection.collection('lights').countDocuments({ machine: 'linac' });
const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const light = async () => (await site.light()).light;

it('looks when something will change, and not without end; a light that is the same is not written again', async () => {
  const before = await rows();
  start();
  await pause(1500);
  expect(looks).toBeLessThan(4);
  expect(await rows()).toBe(before);
});

it('follows rules that are saved within a second', async () => {
  start();
  expect(await light()).toBe('amber');
  const config = { ...DEFAULT_QA_CONFIG, dueHour: '08:00' };
  await (await site.as('physicist')).call(saveConfigCall, { body: { version: 0, config, note: 'plus tôt' } });
  await expect.poll(light, { timeout: 2000 }).toBe('red');
  await pause(300);
  expect(looks).toBeLessThan(6);
});

it('heals when the database was away at the very hour', async () => {
  start(240);
  await expect.poll(() => looks).toBeGreaterThan(0);
  away = true;
  site.test.clock.advance(HOUR_MS);
  await pause(400);
  expect(await light()).toBe('unknown');
  away = false;
  await expect.poll(light, { timeout: 3000 }).toBe('red');
});
