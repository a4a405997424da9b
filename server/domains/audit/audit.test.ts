import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '#shared/audit/schemas.ts';
import { startTestApp, type Client, type TestApp } from '#server/testing/app.ts';
import { newPatient } from '#server/testing/dossiers.ts';
import { statusesOf } from '#server/testing/footprint.ts';
import { auditAccess } from './index.ts';

interface Page {
  items: AuditEntry[];
  next?: string;
}

let test: TestApp;
let admin: Client;
let technologist: Client;

beforeAll(async () => {
  test = await startTestApp();
  admin = await test.as('admin');
  technologist = await test.as('technologist');
});
afterAll(() => test.close());

const read = async (query: Record<string, string> = {}, client = admin): Promise<Page> =>
  (await client.request<Page>('GET', `/api/admin/audit?${new URLSearchParams(query).toString()}`)).body;

describe('the audit log', () => {
  it('is read by administrator and manager, not by others; filters that mean nothing are 400', async () => {
    const path = '/api/admin/audit';
    const statuses = await statusesOf([
      [test.anonymous(), 'GET', path],
      [technologist, 'GET', path],
      [admin, 'GET', `${path}?from=yesterday`],
      [admin, 'GET', `${path}?cursor=nonsense`],
      [admin, 'GET', `${path}?limit=1000`],
      [admin, 'GET', path],
      [await test.as('manager'), 'GET', path],
    ]);
    expect(statuses).toEqual([401, 403, 400, 400, 400, 200, 200]);
  });

  it('tells who did what, in which role, when and from where, and names no patient', async () => {
    const patient = await newPatient(technologist);
    const { items } = await read({ subject: `patient:${patient.id}` });
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      actor: 'Test technologist',
      role: 'technologist',
      action: 'patient.created',
      subjectLabel: null,
      from: '127.0.0.1',
    });
    const whole = JSON.stringify(await mongoose.connection.collection('audit').find().toArray());
    expect(whole).not.toContain(patient.lastName);
    expect(whole).not.toContain(patient.ipp);
  });

  it('is filtered by actor, beginning of the action and time, newest first', async () => {
    const { items } = await read({ actor: 'TEST Technologist', action: 'session' });
    expect(items.map(({ action }) => action)).toEqual(['session.opened']);
    const [own] = items;
    const { items: byId } = await read({ actor: own?.subject?.slice('user:'.length) ?? '' });
    expect(byId.at(-1)).toEqual(own);
    const all = (await read()).items;
    expect([...all].sort((a, b) => b.at.localeCompare(a.at)).map(({ at }) => at)).toEqual(all.map(({ at }) => at));
    expect((await read({ from: '2100-01-01T00:00:00Z' })).items).toEqual([]);
    expect((await read({ to: '2000-01-01T00:00:00Z' })).items).toEqual([]);
  });

  it('pages without a gap and without a repetition', async () => {
    const whole = (await read({ action: 'user.' })).items.map(({ id }) => id);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page: Page = await read({ action: 'user.', limit: '3', ...(cursor ? { cursor } : {}) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    } while (cursor);
    expect(seen).toEqual(whole);
    expect(whole.length).toBeGreaterThan(6);
  });

  it('has one entry per access and five minutes, even of many at once', async () => {
    const access = { action: 'thing.opened', subject: 'thing:1', windowMin: 5 };
    const count = async () => (await read({ action: 'thing.opened' })).items.length;
    await Promise.all(Array.from({ length: 10 }, () => auditAccess(test.ctx, access)));
    expect(await count()).toBe(1);
    test.clock.advance(4 * 60_000 + 50_000);
    await auditAccess(test.ctx, access);
    expect(await count()).toBe(1);
    test.clock.advance(11_000);
    await auditAccess(test.ctx, access);
    await auditAccess(test.ctx, { ...access, key: 'another filter' });
    expect(await count()).toBe(3);
  });
});
