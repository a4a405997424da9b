import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChannelCall } from '#shared/notifications/api.ts';
import { startAlertSite, type AlertSite } from '#server/testing/alerts.ts';
import { createQaAlerts, weeklyJob } from './index.ts';

let site: AlertSite;
const alerts = createQaAlerts({ locale: 'fr', timezone: 'Europe/Paris' });
const machine = { id: 'versa-hd-3', name: 'Versa HD 3' };

beforeAll(async () => {
  site = await startAlertSite();
  const admin = await site.test.as('admin');
  await admin.call(createChannelCall, { body: { kind: 'teams', name: 'QA', subjects: ['qa.red', 'qa.weekly'], url: site.webhook.url } });
});
afterAll(() => site.close());

const run = { signal: new AbortController().signal, touch: () => Promise.resolve() };
const clear = () => mongoose.connection.collection('deliveries').deleteMany({});

describe('weekly controls that are missing', () => {
  it('are told by name with the week and a link; twice in one run of the day is once', async () => {
    const { ctx } = site.test;
    const seen: Date[] = [];
    const job = weeklyJob({
      ctx,
      alerts,
      missingWeekly: (at) => {
        seen.push(at);
        return Promise.resolve({ week: 'S47 2026', machines: [machine, { id: 'tomo1', name: 'TOMO1' }] });
      },
    });
    expect(job.schedule).toBe('0 16 * * 3,5');
    await job.run(run);
    await job.run(run);
    expect(seen).toHaveLength(2);
    expect(await site.rows()).toMatchObject([
      {
        subject: 'qa.weekly',
        phase: 'notice',
        content: { title: 'Contrôles hebdomadaires manquants, semaine S47 2026', items: ['Versa HD 3', 'TOMO1'], path: '/qa' },
      },
    ]);
    site.test.clock.advance(2 * 24 * 3_600_000);
    await job.run(run);
    expect(await site.rows()).toHaveLength(2);
    await clear();
  });

  it('that are none send nothing', async () => {
    const job = weeklyJob({ ctx: site.test.ctx, alerts, missingWeekly: () => Promise.resolve({ week: 'S47 2026', machines: [] }) });
    await job.run(run);
    expect(await site.rows()).toEqual([]);
  });
});

describe('a machine that turns red', () => {
  it('is told as opened and later as resolved, both with one reference, in the language of the site whoever acts', async () => {
    const { ctx } = site.test;
    const at = new Date('2026-11-20T13:05:00Z');
    const english = { ...ctx, locale: 'en' as const };
    await ctx.atomically('qa', () =>
      alerts.machineTurnedRed(english, { reference: 'VHD3-7', machine, reasons: ['Contrôle S46 manqué'], at }),
    );
    await ctx.atomically('qa', () =>
      alerts.machineResolved(english, { reference: 'VHD3-7', machine, at: new Date('2026-11-20T15:00:00Z'), redSince: at }),
    );
    site.deliver();
    await expect.poll(async () => (await site.rows()).map(({ state }) => state), { timeout: 8000 }).toEqual(['sent', 'sent']);
    const [opened = '', resolved = ''] = site.webhook.received.map(({ body }) => body);
    for (const words of [
      'Versa HD 3 est bloquée',
      'Contrôle S46 manqué',
      '20 nov. 2026',
      '14:05',
      'VHD3-7',
      '"Attention"',
      'https://vigie.example/qa',
    ])
      expect(opened).toContain(words);
    for (const words of ['Versa HD 3 n’est plus bloquée', '14:05', '16:00', 'VHD3-7', '"Good"']) expect(resolved).toContain(words);
  });
});
