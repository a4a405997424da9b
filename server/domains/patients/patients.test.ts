import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorBody } from '#shared/errors.ts';
import type { Patient } from '#shared/patients/schemas.ts';
import { startTestApp, type Client, type TestApp } from '#server/testing/app.ts';
import { auditedActions, footprint, statusesOf } from '#server/testing/footprint.ts';
import { patientInitials } from './index.ts';

const MARIE = { ipp: '0012 345', lastName: 'Lefèvre-Dupont', firstName: 'Marie', birthDate: '1958-03-02', sex: 'F' };

let test: TestApp;
let secretary: Client;
let oncologist: Client;
let marie: Patient;

beforeAll(async () => {
  test = await startTestApp();
  secretary = await test.as('secretary');
  oncologist = await test.as('oncologist');
  marie = (await secretary.request<Patient>('POST', '/api/patients', MARIE)).body;
});
afterAll(() => test.close());

const create = (body: object) => secretary.request<ErrorBody & Patient>('POST', '/api/patients', body);
const change = (version: number, body: object) =>
  secretary.request<ErrorBody & Patient>('PUT', `/api/patients/${marie.id}`, { ...MARIE, version, ...body });
const found = async (query: string): Promise<string[]> =>
  (await oncologist.request<{ items: Patient[] }>('GET', `/api/patients?${query}`)).body.items.map(
    ({ lastName, firstName }) => `${lastName} ${firstName}`,
  );

describe('patients', () => {
  it('are read by clinical roles and secretary, written by technologist, secretary and coordinator', async () => {
    const before = await footprint('patients');
    const [manager, admin] = [await test.as('manager'), await test.as('admin')];
    const statuses = await statusesOf([
      [test.anonymous(), 'GET', '/api/patients'],
      [manager, 'GET', '/api/patients'],
      [admin, 'GET', `/api/patients/${marie.id}`],
      [oncologist, 'POST', '/api/patients', { ...MARIE, ipp: '9' }],
      [oncologist, 'PUT', `/api/patients/${marie.id}`, { ...MARIE, version: 1 }],
      [secretary, 'GET', `/api/patients/${'0'.repeat(24)}`],
      [secretary, 'GET', '/api/patients/nonsense'],
      [secretary, 'GET', '/api/patients?cursor=nonsense'],
      [secretary, 'PUT', `/api/patients/${'0'.repeat(24)}`, { ...MARIE, version: 1 }],
      [secretary, 'POST', '/api/patients', { ...MARIE, birthDate: '02/03/1958' }],
      [secretary, 'POST', '/api/patients', { ...MARIE, more: true }],
    ]);
    expect(statuses).toEqual([401, 403, 403, 403, 403, 404, 400, 400, 404, 400, 400]);
    expect(await footprint('patients')).toEqual(before);
  });

  it('keep the last name in capitals', () => {
    expect(marie).toMatchObject({ ...MARIE, lastName: 'LEFÈVRE-DUPONT', version: 1 });
  });

  it.each(['0012 345', '0012345', ' 0012345'])('are one per IPP: "%s" is taken', async (ipp) => {
    const before = await footprint('patients');
    const answer = await create({ ipp, lastName: 'Autre', firstName: 'Paul', birthDate: '1990-01-01', sex: 'M', confirmed: true });
    expect(answer.status).toBe(409);
    expect(answer.body.error).toMatchObject({ code: 'patient.exists', details: { candidates: [marie] } });
    expect(await footprint('patients')).toEqual(before);
  });

  it('of one IPP are one, also when two people create him at once', async () => {
    const both = await Promise.all(
      [1, 2].map(() => create({ ipp: 'TWICE', lastName: 'Course', firstName: 'Luc', birthDate: '1970-01-01', sex: 'M', confirmed: true })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it.each([
    ['the same birth date and last name', { lastName: 'LEFEVRE DUPONT', firstName: 'Anne' }],
    ['the same birth date and first name', { lastName: 'Martin', firstName: 'MARIE' }],
    ['the same names on another day', { lastName: 'lefevre dupont', firstName: 'Marie', birthDate: '1960-01-01' }],
    ['names that are swapped', { lastName: 'Marie', firstName: 'Lefèvre Dupont', birthDate: '1960-01-01' }],
  ])('that are similar are asked about: %s', async (_why, names) => {
    const before = await footprint('patients');
    const answer = await create({ ...MARIE, ipp: 'S1', ...names });
    expect(answer.status).toBe(409);
    expect(answer.body.error.code).toBe('patient.similar');
    expect(answer.body.error.details).toMatchObject({ candidates: expect.arrayContaining([marie]) });
    expect(await footprint('patients')).toEqual(before);
  });

  it('that are similar are created when confirmed', async () => {
    expect((await create({ ...MARIE, ipp: 'S2', firstName: 'Anne', confirmed: true })).status).toBe(201);
  });

  it('are corrected on the version that was seen; watchers hear it, screens and administrators do not', async () => {
    const watcher = await test.watcher(oncologist);
    await watcher.watch('patients');
    const stale = await change(99, {});
    expect([stale.status, stale.body.error]).toMatchObject([
      409,
      { code: 'patient.changed', details: { current: { id: marie.id, version: 1 } } },
    ]);
    const answer = await change(1, { sex: 'O' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ sex: 'O', version: 2 });
    const seen = await watcher.until(({ type }) => type === 'patient:changed');
    expect(seen.data).toEqual({ patient: answer.body });
    const refused = await (await test.watcher(await test.as('admin'))).watch('patients');
    expect(refused).toEqual({ ok: false, code: 'forbidden' });
    expect(await auditedActions(`patient:${marie.id}`)).toEqual(['patient.created', 'patient.changed']);
  });

  it('are asked about on a correction only when names or birth date change', async () => {
    expect((await change(2, { sex: 'F' })).status).toBe(200);
    const similar = await change(3, { lastName: 'Course', firstName: 'Luc' });
    expect(similar.body.error.code).toBe('patient.similar');
    const exists = await change(3, { ipp: 'twice' });
    expect(exists.body.error.code).toBe('patient.exists');
  });

  it('are found by the start of IPP and names, without accents and case, in either order', async () => {
    for (const q of ['lefev', 'LEFÈVRE-D', 'lefevre dup', 'lefevre dupont mar', 'marie lef', '00123']) {
      expect(await found(`q=${encodeURIComponent(q)}`), q).toContain('LEFÈVRE-DUPONT Marie');
    }
    for (const q of ['dupont', 'lefevre anna', '.*', '345'])
      expect(await found(`q=${encodeURIComponent(q)}`), q).not.toContain('LEFÈVRE-DUPONT Marie');
  });

  it('are listed by name, page by page, without a name in the cursor', async () => {
    const first = await oncologist.request<{ items: Patient[]; next: string }>('GET', '/api/patients?limit=2');
    expect(first.body.next).toMatch(/^[0-9a-f]{24}$/);
    const rest = await found(`limit=2&cursor=${first.body.next}`);
    const paged = [...first.body.items.map(({ lastName, firstName }) => `${lastName} ${firstName}`), ...rest];
    expect(paged).toEqual(await found(''));
  });

  it('are opened and listed with one audit entry per person, view and filter', async () => {
    const dosimetrist = await test.as('dosimetrist');
    for (const path of [
      `/api/patients/${marie.id}`,
      `/api/patients/${marie.id}`,
      '/api/patients',
      '/api/patients',
      '/api/patients?q=lef',
      '/api/patients?q=lef',
    ]) {
      await dosimetrist.request('GET', path);
    }
    const { items } = (
      await (
        await test.as('admin')
      ).request<{ items: { action: string; details: unknown }[] }>('GET', '/api/admin/audit?actor=Test%20dosimetrist')
    ).body;
    expect(items.map(({ action }) => action)).toEqual(['patients.listed', 'patients.listed', 'patient.opened', 'session.opened']);
    expect(JSON.stringify(items)).not.toContain('lef');
  });

  it('have initials for a wall', () => {
    expect(patientInitials({ lastName: 'LEFÈVRE-DUPONT', firstName: 'Marie' })).toBe('M. L.');
    expect(patientInitials({ lastName: "D'ÉON", firstName: '' })).toBe('D.');
  });
});
