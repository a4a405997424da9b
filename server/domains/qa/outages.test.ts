import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  cancelOutageCall,
  listControlsCall,
  machineStatusCall,
  planOutageCall,
  reportFaultCall,
  returnToServiceCall,
  tickControlCall,
} from '#shared/qa/api.ts';
import type { MachineStatusReply, Outage } from '#shared/qa/status-schemas.ts';
import { allMachines } from '#server/domains/machines/index.ts';
import { PASSWORD } from '#server/testing/app.ts';
import { auditedActions, footprint, statusesOf } from '#server/testing/footprint.ts';
import { HOUR_MS, startQualitySite, type QualitySite } from '#server/testing/quality.ts';

let site: QualitySite;
beforeAll(async () => {
  site = await startQualitySite();
  await site.read();
});
afterAll(() => site.close());

const params = { machineId: 'linac' };
const MINUTE_MS = 60_000;
const status = async (): Promise<MachineStatusReply> => (await site.as('physicist')).call(machineStatusCall, { params });
const current = async (): Promise<Outage> => {
  const found = (await status()).current;
  if (!found) throw new Error('no outage runs');
  return found;
};
const registry = () => allMachines().find(({ id }) => id === 'linac')?.status.code;
const path = (what: string, id: string): string => `/api/qa/outages/${id}/${what}`;
const planned = (fromMs: number, toMs: number | null) => {
  const now = site.test.clock.now().getTime();
  const to = toMs === null ? null : new Date(now + toMs).toISOString();
  return { kind: 'downtime' as const, from: new Date(now + fromMs).toISOString(), to, why: 'Coupure' };
};

describe('a fault', () => {
  it('is reported in one tap: red at once, the registry says it, the reason follows', async () => {
    const technologist = await site.as('technologist');
    const first = await technologist.call(reportFaultCall, { params, body: {} });
    expect(first).toMatchObject({ kind: 'fault', why: '', to: null, declared: { by: 'Test technologist', role: 'technologist' } });
    expect(await site.light()).toMatchObject({ light: 'red', why: [{ code: 'down.reported', why: '' }] });
    await expect.poll(registry).toBe('down');
    const second = await technologist.call(reportFaultCall, { params, body: { why: 'Lame bloquée' } });
    expect(second).toMatchObject({ id: first.id, why: 'Lame bloquée' });
    expect(await site.light()).toMatchObject({ why: [{ why: 'Lame bloquée' }] });
    expect(await mongoose.connection.collection('qa_outages').countDocuments()).toBe(1);
  });

  it('ends by a signed return only, after each listed control', async () => {
    const { id } = await current();
    const physicist = await site.as('physicist');
    await physicist.call(listControlsCall, { params: { id }, body: { controls: ['Constance', 'Laser', 'Laser'] } });
    const before = await footprint('qa_outages', 'lights');
    expect(await physicist.request('POST', path('return', id), { password: 'wrong' })).toMatchObject({ status: 403 });
    const refused = await physicist.request<{ error: { code: string; details: { message: string }[] } }>('POST', path('return', id), {
      password: PASSWORD,
    });
    expect(refused.status).toBe(422);
    expect(refused.body.error.details.map(({ message }) => message)).toEqual([
      'Le contrôle « Constance » n’est pas fait.',
      'Le contrôle « Laser » n’est pas fait.',
    ]);
    expect(await footprint('qa_outages', 'lights')).toEqual(before);
    const technologist = await site.as('technologist');
    for (const name of ['Constance', 'Laser']) await technologist.call(tickControlCall, { params: { id }, body: { name, done: true } });
    site.test.clock.advance(90 * MINUTE_MS);
    const ended = await (
      await site.as('physicist')
    ).call(returnToServiceCall, { params: { id }, body: { password: PASSWORD, remark: 'vu' } });
    expect(ended.ended).toMatchObject({ by: 'Test physicist', role: 'physicist', remark: 'vu' });
    expect(ended.ended?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(ended.controls.map(({ done }) => done?.by)).toEqual(['Test technologist', 'Test technologist']);
    expect(ended.lostMin).toBe(90);
    expect(await site.light()).toMatchObject({ light: 'green' });
    await expect.poll(registry).toBe('available');
    expect((await status()).past.map((one) => one.id)).toEqual([id]);
    expect(await auditedActions('machine:linac')).toEqual(
      expect.arrayContaining(['qa.fault-declared', 'qa.fault-worded', 'qa.outage-controls', 'qa.outage-control-done', 'qa.returned']),
    );
  });

  it('reported in error is taken back at once by who reported it, later by a physicist', async () => {
    const technologist = await site.as('technologist');
    const { id } = await technologist.call(reportFaultCall, { params, body: {} });
    await technologist.call(cancelOutageCall, { params: { id }, body: { reason: 'erreur' } });
    expect(await site.light()).toMatchObject({ light: 'green' });
    const { id: other } = await technologist.call(reportFaultCall, { params, body: {} });
    site.test.clock.advance(6 * MINUTE_MS);
    const before = await footprint('qa_outages', 'lights');
    expect((await (await site.as('technologist')).request('POST', path('cancel', other), { reason: 'erreur' })).status).toBe(422);
    expect(await footprint('qa_outages', 'lights')).toEqual(before);
    await (await site.as('physicist')).call(cancelOutageCall, { params: { id: other }, body: { reason: 'erreur' } });
    expect((await status()).past.filter(({ cancelled }) => cancelled).map(({ lostMin }) => lostMin)).toEqual([0, 0]);
  });
});

describe('what is planned', () => {
  it('begins and ends after now, and not before', async () => {
    const before = await footprint('qa_outages', 'lights');
    const physicist = await site.as('physicist');
    for (const body of [planned(2 * HOUR_MS, HOUR_MS), planned(-5 * HOUR_MS, -HOUR_MS), planned(-7 * 24 * HOUR_MS, MINUTE_MS)])
      expect((await physicist.request('POST', '/api/qa/machines/linac/outages', body)).status).toBe(422);
    expect(await footprint('qa_outages', 'lights')).toEqual(before);
  });

  it('is cancelled before it begins; once begun it ends by its hour or a return to service', async () => {
    const technologist = await site.as('technologist');
    const one = await technologist.call(planOutageCall, { params, body: planned(HOUR_MS, 3 * HOUR_MS) });
    expect((await status()).planned.map(({ id }) => id)).toEqual([one.id]);
    const physicist = await site.as('physicist');
    expect((await physicist.request('POST', path('return', one.id), { password: PASSWORD })).status).toBe(422);
    await technologist.call(cancelOutageCall, { params: { id: one.id }, body: { reason: 'reportée' } });
    const two = await technologist.call(planOutageCall, { params, body: planned(0, 2 * HOUR_MS) });
    expect(await site.light()).toMatchObject({ light: 'stopped' });
    await expect.poll(registry).toBe('maintenance');
    expect((await technologist.request('POST', path('cancel', two.id), { reason: 'x' })).status).toBe(422);
  });

  it('is asked for by people who may, with what is right', async () => {
    const [anonymous, technologist, secretary, physicist] = [
      site.test.anonymous(),
      await site.as('technologist'),
      await site.as('secretary'),
      await site.as('physicist'),
    ];
    const { id } = await current();
    const none = String(new mongoose.Types.ObjectId());
    const before = await footprint('qa_outages', 'lights');
    const statuses = await statusesOf([
      [anonymous, 'GET', '/api/qa/machines/linac/status'],
      [anonymous, 'POST', '/api/qa/machines/linac/fault', {}],
      [secretary, 'POST', '/api/qa/machines/linac/fault', {}],
      [secretary, 'POST', '/api/qa/machines/linac/outages', planned(0, HOUR_MS)],
      [technologist, 'POST', path('return', id), { password: PASSWORD }],
      [technologist, 'PUT', path('controls', id), { controls: [] }],
      [technologist, 'POST', '/api/qa/machines/linac/outages', { ...planned(0, HOUR_MS), why: ' ' }],
      [technologist, 'POST', '/api/qa/machines/linac/fault', { why: 'x', urgent: true }],
      [technologist, 'POST', '/api/qa/machines/no-such/fault', {}],
      [physicist, 'POST', path('return', none), { password: PASSWORD }],
      [technologist, 'POST', path('controls', id), { name: 'Inconnu', done: true }],
      [technologist, 'POST', path('cancel', 'x'), { reason: 'x' }],
    ]);
    expect(statuses).toEqual([401, 401, 403, 403, 403, 403, 400, 400, 404, 404, 404, 400]);
    expect(await footprint('qa_outages', 'lights')).toEqual(before);
  });
});

describe('lost time', () => {
  it('counts working hours, overlaps once, neither nights nor holidays', async () => {
    await mongoose.connection.collection('qa_outages').deleteMany({});
    const act = { by: 'x', byId: null, role: null, at: new Date('2026-11-10T08:00:00Z') };
    const row = (from: string, ended: string) => ({
      machine: 'linac',
      kind: 'fault',
      from: new Date(from),
      to: null,
      why: '',
      declared: act,
      controls: [],
      ended: { ...act, at: new Date(ended), remark: '', hash: '' },
      cancelled: null,
      open: false,
    });
    await mongoose.connection.collection('qa_outages').insertMany([
      // Tuesday 17:00 over the holiday of 11 November until Thursday 09:00: one hour and one hour.
      row('2026-11-10T16:00:00Z', '2026-11-12T08:00:00Z'),
      row('2026-11-12T07:30:00Z', '2026-11-12T08:30:00Z'),
      // A weekend, and a morning of last month.
      row('2026-11-14T08:00:00Z', '2026-11-15T17:00:00Z'),
      row('2026-10-20T08:00:00Z', '2026-10-20T10:00:00Z'),
    ]);
    const { lostMin, past } = await status();
    expect(past.map((one) => one.lostMin).sort((a, b) => a - b)).toEqual([0, 60, 120, 120]);
    expect(lostMin).toEqual({ month: 150, year: 270 });
  });
});
