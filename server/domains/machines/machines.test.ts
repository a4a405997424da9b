import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorBody } from '#shared/errors.ts';
import type { Machine } from '#shared/machines/schemas.ts';
import { ROLES } from '#shared/roles.ts';
import { startTestApp, type Client, type TestApp } from '#server/testing/app.ts';
import { auditedActions, footprint, statusesOf } from '#server/testing/footprint.ts';
import { allMachines, isActive, machineName, machineRef, putMachine } from './index.ts';

let test: TestApp;
let admin: Client;
let physicist: Client;

beforeAll(async () => {
  test = await startTestApp();
  admin = await test.as('admin');
  physicist = await test.as('physicist');
});
afterAll(() => test.close());

const TOMO = { id: 'tomo-10', name: 'TOMO 10', shortName: 'T10', colour: '#112233', kind: 'tomotherapy' };

async function versa(): Promise<Machine> {
  const { body } = await admin.request<Machine[]>('GET', '/api/machines');
  const found = body.find(({ id }) => id === 'versa-hd-1');
  if (!found) throw new Error('the test machine is gone');
  return found;
}

function fieldsOf({ id: _id, status: _status, ...fields }: Machine) {
  return fields;
}

describe('the registry of machines', () => {
  it('is read by every role, and by nobody who is not signed in', async () => {
    expect((await test.anonymous().request('GET', '/api/machines')).status).toBe(401);
    for (const role of ROLES) expect((await (await test.as(role)).request('GET', '/api/machines')).status).toBe(200);
  });

  it('is written by an administrator only, with what the contract allows', async () => {
    const path = '/api/admin/machines';
    const before = await footprint('machines');
    const statuses = await statusesOf([
      [test.anonymous(), 'POST', path, TOMO],
      [physicist, 'POST', path, TOMO],
      [admin, 'POST', path, { ...TOMO, id: 'Not An Id' }],
      [admin, 'POST', path, { ...TOMO, unheard: 1 }],
      [admin, 'POST', path, { ...TOMO, id: 'versa-hd-1' }],
      [physicist, 'PUT', `${path}/versa-hd-1`, fieldsOf(await versa())],
      [admin, 'PUT', `${path}/no-such-machine`, fieldsOf(await versa())],
      [admin, 'PUT', `${path}/versa-hd-1`, { ...fieldsOf(await versa()), version: 99 }],
    ]);
    expect(statuses).toEqual([401, 403, 400, 400, 409, 403, 404, 409]);
    expect(await footprint('machines')).toEqual(before);
  });

  it('gains a machine, known at once to rules and boards', async () => {
    const watcher = await test.watcher(physicist);
    await watcher.watch('machines');
    const answer = await admin.request<Machine>('POST', '/api/admin/machines', TOMO);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ ...TOMO, version: 1, active: true, status: { code: 'available', by: 'Test admin' } });
    expect(machineRef('tomo-10')).toEqual({ id: 'tomo-10', name: 'TOMO 10', shortName: 'T10', colour: '#112233' });
    expect(allMachines().map(({ id }) => id)).toEqual(['tomo-10', 'versa-hd-1', 'versa-hd-2']);
    const seen = await watcher.until(({ type }) => type === 'machine:changed');
    expect(seen.data).toEqual({ machine: answer.body });
    expect(await auditedActions('machine:tomo-10')).toEqual(['machine.created']);
  });

  it('takes a machine out of service on the version that was seen; a stale change learns the current one', async () => {
    const before = await versa();
    const answer = await admin.request<Machine>('PUT', '/api/admin/machines/versa-hd-1', {
      ...fieldsOf(before),
      name: 'Versa A',
      active: false,
    });
    expect(answer.body).toMatchObject({ name: 'Versa A', active: false, version: before.version + 1 });
    expect(isActive('versa-hd-1')).toBe(false);
    expect(machineName('versa-hd-1')).toBe('Versa A');
    const stale = await admin.request<ErrorBody>('PUT', '/api/admin/machines/versa-hd-1', fieldsOf(before));
    expect(stale.status).toBe(409);
    expect(stale.body.error).toMatchObject({ code: 'machine.changed', details: { current: answer.body } });
  });

  it('of two changes of one version at once takes one', async () => {
    const before = await versa();
    const both = await Promise.all(
      ['Versa B', 'Versa C'].map((name) => admin.request('PUT', '/api/admin/machines/versa-hd-1', { ...fieldsOf(before), name })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('takes a machine from a settings file, and leaves alone what is the same', async () => {
    const { version: _version, ...fields } = fieldsOf(await versa());
    const changed = await putMachine(test.ctx, { ...fields, id: 'versa-hd-1', room: 'B2' });
    const again = await putMachine(test.ctx, { ...fields, id: 'versa-hd-1', room: 'B2' });
    expect(changed.room).toBe('B2');
    expect(again.version).toBe(changed.version);
  });
});
