import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDossierCall, startSessionCall } from '#shared/dossiers/api.ts';
import { askOverrideCall, cancelOutageCall, confirmOverrideCall, endOverrideCall, reportFaultCall } from '#shared/qa/api.ts';
import type { Dossier } from '#shared/dossiers/schemas.ts';
import type { Role } from '#shared/roles.ts';
import { CHECKLIST, Department } from '#server/testing/dossiers.ts';
import { auditedActions, footprint, statusesOf } from '#server/testing/footprint.ts';
import { HOUR_MS, LINAC, startQualitySite, type QualitySite } from '#server/testing/quality.ts';
import type { Answer, Watcher } from '#server/testing/app.ts';

// The registry's first machine is fed by the source here: the dossiers of the tests are treated on it.
const ID = 'versa-hd-1';
let site: QualitySite;
let dossier: Dossier;
let watcher: Watcher;

beforeAll(async () => {
  site = await startQualitySite({ machines: [] });
  const { changeMachine } = await import('../machines/service.ts');
  const { allMachines } = await import('../machines/index.ts');
  const one = allMachines().find(({ id }) => id === ID);
  if (!one) throw new Error('no machine');
  const { id: _, status: _status, ...fields } = one;
  await changeMachine(site.test.ctx, ID, { ...fields, artiscanObjectId: LINAC.artiscanObjectId, qaTypes: ['CQH'] });
  await site.read();
  watcher = await site.test.watcher(await site.as('oncologist'));
  await watcher.watch('qa');
  await watcher.watch('wall');
  dossier = await inTreatment();
});
afterAll(() => site.close());

/** A dossier under treatment; its light is green already, so nobody sets one. */
async function inTreatment(): Promise<Dossier> {
  const department = new Department(site);
  department.light = () => Promise.resolve();
  return department.dossierIn('EN_TRAITEMENT');
}

const start = async (): Promise<Answer> => {
  const current = await (await site.as('technologist')).call(readDossierCall, { params: { id: dossier.id } });
  return (await site.as('technologist')).request('POST', startSessionCall.path.replace(':id', dossier.id), {
    checklist: CHECKLIST,
    version: current.version,
  });
};
const shown = async () => (await (await site.as('technologist')).call(readDossierCall, { params: { id: dossier.id } })).blocked;
const override = async (role: Role, what: '' | '/confirm' | '/end', body?: unknown) =>
  (await site.as(role)).request('POST', `${askOverrideCall.path.replace(':machineId', ID)}${what}`, body);
const REASON = { reason: 'Panne du capteur, vérifié au film' };

describe('a machine that turns red under a dossier in treatment', () => {
  it('is told on every board and wall within a second, and shows the dossier as blocked', async () => {
    expect(await shown()).toEqual([]);
    watcher.received.length = 0;
    await (await site.as('technologist')).call(reportFaultCall, { params: { machineId: ID }, body: { why: 'MLC' } });
    for (const topic of ['qa', 'wall']) {
      const told = await watcher.until((event) => event.topic === topic && event.type === 'light:changed', 1000);
      expect(told.data).toMatchObject({ light: { machine: ID, light: 'red', why: [{ code: 'down.reported', why: 'MLC' }] } });
    }
    expect(await shown()).not.toEqual([]);
  });

  it('lets no session start: 422, nothing written, nothing published', async () => {
    const before = await footprint('dossiers', 'lights');
    expect((await start()).status).toBe(422);
    expect(await footprint('dossiers', 'lights')).toEqual(before);
  });

  it('is overridden by two people of two roles only', async () => {
    const path = askOverrideCall.path.replace(':machineId', ID);
    const before = await footprint('qa_overrides', 'lights');
    const statuses = await statusesOf([
      [site.test.anonymous(), 'POST', path, REASON],
      [await site.as('technologist'), 'POST', path, REASON],
      [await site.as('admin'), 'POST', path, REASON],
      [await site.as('physicist'), 'POST', path, { reason: 'non' }],
      [await site.as('physicist'), 'POST', path.replace(ID, 'no-such'), REASON],
      [await site.as('physicist'), 'POST', path.replace(ID, 'versa-hd-2') + '/confirm'],
      [await site.as('physicist'), 'POST', `${path}/end`],
    ]);
    expect(statuses).toEqual([401, 403, 403, 400, 404, 422, 422]);
    expect(await footprint('qa_overrides', 'lights')).toEqual(before);

    expect((await override('physicist', '', REASON)).status).toBe(200);
    expect((await override('oncologist', '', REASON)).status).toBe(422);
    expect((await start()).status).toBe(422);
    expect(await override('physicist', '/confirm')).toMatchObject({ status: 422, body: { error: { code: 'qa.override' } } });
    const second = await footprint('qa_overrides');
    expect((await override('physicist', '/confirm')).status).toBe(422);
    expect(await footprint('qa_overrides')).toEqual(second);
    const granted = await override('oncologist', '/confirm');
    expect(granted).toMatchObject({ status: 200, body: { light: 'red', override: { confirmed: { role: 'oncologist' } } } });
    const told = await watcher.until(({ topic, data }) => topic === 'wall' && JSON.stringify(data).includes('"confirmed":{'), 1000);
    expect(told.data).toMatchObject({ light: { override: REASON } });
  });

  it('then lets a session start, until midnight', async () => {
    expect(await shown()).toEqual([]);
    expect((await start()).status).toBe(201);
    expect(await site.light(ID)).toMatchObject({ light: 'red', override: { until: '2026-11-18T23:00:00.000Z' } });
    site.test.clock.advance(16 * HOUR_MS);
    expect(await shown()).not.toEqual([]);
    await site.read();
    expect(await site.light(ID)).toMatchObject({ light: 'red', override: null });
  });

  it('is blocked again as soon as one of them ends it', async () => {
    await (await site.as('oncologist')).call(askOverrideCall, { params: { machineId: ID }, body: REASON });
    await (await site.as('physicist')).call(confirmOverrideCall, { params: { machineId: ID } });
    expect(await shown()).toEqual([]);
    await (await site.as('physicist')).call(endOverrideCall, { params: { machineId: ID } });
    expect(await shown()).not.toEqual([]);
    expect(await auditedActions(`machine:${ID}`)).toEqual(
      expect.arrayContaining(['qa.fault-declared', 'qa.override-asked', 'qa.override-confirmed', 'qa.override-ended']),
    );
  });

  it('is free when the fault was reported in error, and there is nothing to override then', async () => {
    const status = await (await site.as('physicist')).request<{ current: { id: string } }>('GET', `/api/qa/machines/${ID}/status`);
    await (await site.as('physicist')).call(cancelOutageCall, { params: { id: status.body.current.id }, body: { reason: 'erreur' } });
    expect(await shown()).toEqual([]);
    expect(await override('physicist', '', REASON)).toMatchObject({ status: 422, body: { error: { code: 'qa.override' } } });
  });

  it('has a light by its source: no hand sets it', async () => {
    const before = await footprint('lights');
    const answer = await (await site.as('physicist')).request('PUT', `/api/qa/lights/${ID}`, { light: 'green', reason: 'vu' });
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'light.source' } } });
    expect(await footprint('lights')).toEqual(before);
  });
});
