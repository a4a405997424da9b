import mongoose from 'mongoose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChannelCall } from '#shared/notifications/api.ts';
import { cancelOutageCall, reportFaultCall } from '#shared/qa/api.ts';
import { createQaAlerts, weeklyJob } from '#server/domains/notifications/index.ts';
import { HOUR_MS, LAST_WEEK, LINAC, THIS_WEEK, startQualitySite, type QualitySite } from '#server/testing/quality.ts';
import { missingWeekly } from './index.ts';

let site: QualitySite;
const OTHER = { ...LINAC, id: 'other', name: 'Versa HD 2', shortName: 'VHD2', artiscanObjectId: 182 };
const HAND = { id: 'hand', name: 'Scanner', shortName: 'SCAN', qaTypes: ['CQH' as const] };

beforeEach(async () => {
  const both = [LAST_WEEK, THIS_WEEK].flatMap((one) => [one, { ...one, id: Number(one.id) + 10, objectId: 182 }]);
  site = await startQualitySite({ controls: both, machines: [LINAC, OTHER, HAND], env: { PUBLIC_URL: 'https://vigie.example' } });
  await site.read();
});
afterEach(() => site.close());

const channel = async () =>
  (await site.as('admin')).call(createChannelCall, {
    body: { kind: 'teams', name: 'QA', subjects: ['qa.red', 'qa.weekly'], url: 'https://127.0.0.1:9/x' },
  });
const deliveries = async () =>
  (await mongoose.connection.collection('deliveries').find().sort({ _id: 1 }).toArray()).map(({ phase, reference }) => [phase, reference]);
const fault = async () => (await site.as('technologist')).call(reportFaultCall, { params: { machineId: 'linac' }, body: {} });
const over = async (id: string) => (await site.as('physicist')).call(cancelOutageCall, { params: { id }, body: { reason: 'erreur' } });
const weekly = () =>
  weeklyJob({ ctx: site.test.ctx, alerts: createQaAlerts({ locale: 'fr', timezone: 'Europe/Paris' }), missingWeekly }).run({
    signal: new AbortController().signal,
    touch: () => Promise.resolve(),
  });

describe('a machine that turns red', () => {
  it('is told once, and once resolved under the same reference, across midnight and a silent server', async () => {
    await channel();
    const { id } = await fault();
    await site.read();
    expect(await deliveries()).toEqual([['opened', expect.stringMatching(/^VHD3-2026-11-18T09:0\d:\d\d$/)]]);
    site.test.clock.advance(60 * HOUR_MS);
    await site.read();
    expect(await deliveries()).toHaveLength(1);
    await over(id);
    const [opened, resolved] = await deliveries();
    expect(resolved).toEqual(['resolved', opened?.[1]]);
    expect(await deliveries()).toHaveLength(2);
  });

  it('whose light is unknown for a while is not resolved by that', async () => {
    await channel();
    const { id } = await fault();
    site.setFaults((phase) => (phase === 'connect' ? { drop: true } : undefined));
    await site.read();
    await over(id);
    expect((await site.light()).light).toBe('unknown');
    expect((await deliveries()).map(([phase]) => phase)).toEqual(['opened']);
    site.setFaults(() => undefined);
    await site.read();
    expect((await site.light()).light).toBe('green');
    expect((await deliveries()).map(([phase]) => phase)).toEqual(['opened', 'resolved']);
  });

  it('is told to nobody where no channel wants it', async () => {
    const { id } = await fault();
    await over(id);
    expect(await deliveries()).toEqual([]);
  });
});

describe('weekly controls that are missing', () => {
  it('are told of machines that a source feeds, and nothing is said when none is missing', async () => {
    await channel();
    expect(await missingWeekly(site.test.clock.now())).toEqual({ week: expect.stringContaining('S47') as string, machines: [] });
    await weekly();
    expect(await deliveries()).toEqual([]);
    site.simulator.controls.rename(2, 'CQH à supp');
    await site.read();
    expect((await missingWeekly(site.test.clock.now())).machines).toEqual([{ id: 'linac', name: 'Versa HD 3' }]);
    await weekly();
    expect((await deliveries()).filter(([phase]) => phase === 'notice')).toHaveLength(1);
  });
});
