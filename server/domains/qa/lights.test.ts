import { afterEach, describe, expect, it } from 'vitest';
import { enterDailyCall, justifyCall, planOutageCall, reportFaultCall } from '#shared/qa/api.ts';
import { dayIn } from '#shared/time.ts';
import { HOUR_MS, LAST_WEEK, LINAC, THIS_WEEK, WEDNESDAY, startQualitySite, type QualitySite } from '#server/testing/quality.ts';
import { createLog } from '#server/platform/log.ts';
import { startLightClock } from './clock.ts';

let site: QualitySite;
let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
  await site.close();
});

type Options = Parameters<typeof startQualitySite>[0];

/** A site whose controls were read and whose light clock runs. */
async function started(options: Options = {}): Promise<void> {
  site = await startQualitySite(options);
  await site.read();
  stop = startLightClock({ ctx: () => site.test.ctx, events: site.test.app.events, log: createLog('silent'), lookMs: 30 });
}

const light = async () => (await site.light()).light;
const codes = async () => (await site.light()).why.map(({ code }) => code);
const to = (iso: string): void => site.test.clock.advance(Date.parse(iso) - site.test.clock.now().getTime());
const becomes = (expected: string) => expect.poll(light, { timeout: 4000, interval: 50 }).toBe(expected);

describe('a light by the clock', () => {
  it('turns amber on the last working day, and red when the week is over', async () => {
    await started({ controls: [LAST_WEEK] });
    expect(await light()).toBe('green');
    to('2026-11-20T08:00:00Z');
    await site.read();
    await becomes('amber');
    expect(await codes()).toEqual(['period.due']);
    to('2026-11-20T23:00:01Z');
    await becomes('red');
    expect(await codes()).toEqual(['period.missed']);
  });

  it('turns red at the hour by which the daily control is due, to the second', async () => {
    const daily = { ...THIS_WEEK, id: 5, moduleId: 25, name: 'Top du jour', at: '2026-11-17T07:00:00.000' };
    await started({ at: new Date('2026-11-18T07:00:00Z'), controls: [daily], machines: [{ ...LINAC, qaTypes: ['CQQ'] }] });
    expect(await light()).toBe('amber');
    to('2026-11-18T07:29:58.500Z');
    await becomes('red');
    expect(await codes()).toEqual(['daily.missing']);
    expect(site.test.clock.now().toISOString().slice(0, 17)).toBe('2026-11-18T07:30:');
    const technologist = await site.as('technologist');
    await technologist.call(enterDailyCall, { body: { machine: 'linac', outcome: 'pass' } });
    expect(await light()).toBe('green');
    await technologist.call(enterDailyCall, { body: { machine: 'linac', outcome: 'fail', remark: 'sortie' } });
    expect(await codes()).toEqual(['daily.failed']);
    await technologist.call(enterDailyCall, { body: { machine: 'linac', day: '2026-11-17', outcome: 'pass' } });
    expect(await codes()).toEqual(['daily.failed']);
  });

  it('is stopped from the beginning of a planned downtime until its end', async () => {
    await started();
    const [from, end] = [new Date(WEDNESDAY.getTime() + HOUR_MS), new Date(WEDNESDAY.getTime() + 3 * HOUR_MS)];
    const body = { kind: 'maintenance' as const, from: from.toISOString(), to: end.toISOString(), why: 'Visite' };
    await (await site.as('physicist')).call(planOutageCall, { params: { machineId: 'linac' }, body });
    expect(await site.light()).toMatchObject({ light: 'green', until: from.toISOString() });
    site.test.clock.advance(HOUR_MS);
    // Nobody has looked yet, perhaps: the former promise until midnight must not be believed, whoever asks.
    expect(['unknown', 'stopped']).toContain(await light());
    await becomes('stopped');
    expect(await site.light()).toMatchObject({ until: end.toISOString(), why: [{ code: 'stopped.maintenance' }] });
    site.test.clock.advance(2 * HOUR_MS);
    await becomes('green');
  });

  it('is justified until the justification expires', async () => {
    await started({ controls: [{ ...LAST_WEEK, at: '2026-11-03T08:00:00.000' }] });
    expect(await light()).toBe('red');
    const body = { machine: 'linac', type: 'CQH' as const, period: '2026-11-09', text: 'Machine neuve', expires: '2026-11-19' };
    await (await site.as('physicist')).call(justifyCall, { body });
    expect(await light()).toBe('justified');
    to('2026-11-18T23:00:01Z');
    await becomes('red');
  });

  it('is none where no type is asked for, and a fault goes before that', async () => {
    await started({ machines: [{ ...LINAC, qaTypes: [] }] });
    expect(await light()).toBe('none');
    await (await site.as('technologist')).call(reportFaultCall, { params: { machineId: 'linac' }, body: {} });
    expect(await light()).toBe('red');
  });
});

describe('while the source is silent', () => {
  const silent = (): void => site.setFaults((phase) => (phase === 'connect' ? { drop: true } : undefined));

  it('a green light stays, says since when, and is unknown after the limit; it recovers by itself', async () => {
    await started();
    silent();
    const since = site.test.clock.now();
    expect((await site.read({ whole: false })).failure).not.toBeNull();
    const shown = await site.light();
    expect(shown).toMatchObject({ light: 'green', why: [{ code: 'source.silent' }] });
    expect(Date.parse(shown.silentSince ?? '') - since.getTime()).toBeLessThan(5000);
    site.test.clock.advance(24 * HOUR_MS);
    await becomes('unknown');
    await expect.poll(codes).toEqual(['source.old']); // the light is out at once, the reason stands there once the clock has looked
    site.setFaults(() => undefined);
    await site.read({ whole: false });
    expect(await site.light()).toMatchObject({ light: 'green', silentSince: null });
  });

  it('none turns green: neither a red one that is justified away, nor one that ran out while nobody looked', async () => {
    await started();
    await stop?.();
    silent();
    await site.read({ whole: false });
    to('2026-11-19T07:00:00Z');
    await site.read({ whole: false });
    expect(await site.light()).toMatchObject({ light: 'unknown', why: [{ code: 'source.silent' }] });
  });

  it('a red one stays red', async () => {
    await started();
    await (await site.as('technologist')).call(reportFaultCall, { params: { machineId: 'linac' }, body: {} });
    silent();
    await site.read({ whole: false });
    site.test.clock.advance(30 * HOUR_MS);
    await becomes('red');
    expect(dayIn('Europe/Paris', site.test.clock.now())).toBe('2026-11-19');
  });
});
