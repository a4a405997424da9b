import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPeerCall } from '#shared/pacs/api.ts';
import type { ErrorBody } from '#shared/errors.ts';
import type { PacsStatus, Peer } from '#shared/pacs/schemas.ts';
import { ROLES, may, type Right } from '#shared/roles.ts';
import { startTestApp, type Client, type TestApp } from '#server/testing/app.ts';
import { auditedActions, footprint, statusesOf } from '#server/testing/footprint.ts';

import { Department } from '#server/testing/dossiers.ts';
import { AssociationModel, RefusalModel } from './monitor-model.ts';
import { StudyModel } from './model.ts';
import { associationsCsv } from './history.ts';
import { refusedRow } from './associations.ts';

let test: TestApp;
let admin: Client;
let technologist: Client;
let secretary: Client;

beforeAll(async () => {
  test = await startTestApp();
  admin = await test.as('admin');
  technologist = await test.as('technologist');
  secretary = await test.as('secretary');
}, 30_000);
afterAll(() => test.close());

const PEER = { aeTitle: 'CT1', host: '10.0.0.7', port: 104, rights: ['echo', 'store'] };
const NO_ID = '0'.repeat(24);

function refusalOf(callingAeTitle: string) {
  const at = test.clock.now();
  const fields = {
    callingAeTitle,
    calledAeTitle: 'VIGIE',
    address: '10.0.0.9',
    port: null,
    reason: 'calling-ae-unknown',
    rejection: '1-1-3',
  };
  return RefusalModel.create({ ...fields, version: 1, wanted: ['CT'], count: 3, firstAt: at, lastAt: at, state: 'open' });
}

function associationOf(callingAeTitle: string, change: object = {}) {
  const at = test.clock.now();
  const refusal = {
    address: '10.0.0.9',
    callingAeTitle,
    calledAeTitle: 'VIGIE',
    reason: 'refused',
    rejection: null,
    detail: '',
    at,
  } as const;
  return AssociationModel.create({ ...refusedRow(refusal, null, 1), ...change });
}

function studyRow(uid: string) {
  const at = test.clock.now();
  return StudyModel.create({
    _id: uid,
    archivePatient: NO_ID,
    patient: { patientId: 'X1', name: 'AUTRE^A', birthDate: null, sex: null },
    searchKeys: ['x1', 'autre'],
    modalities: ['CT'],
    series: 1,
    instances: 1,
    bytes: 1,
    firstAt: at,
    lastAt: at,
    complete: true,
    from: 'CT1',
    attachment: { state: 'waiting', reason: 'no-such-ipp', dossier: null, patient: null, by: null, at: null },
    images: true,
    mixed: false,
    rtObjects: [],
  });
}

describe('the calls of the PACS', () => {
  it.each([
    ['/api/pacs/status', 'pacs:monitor'],
    ['/api/pacs/peers', 'pacs:monitor'],
    ['/api/pacs/lights', 'pacs:lights'],
    ['/api/pacs/associations', 'pacs:monitor'],
    ['/api/pacs/refusals', 'pacs:monitor'],
    ['/api/pacs/patients', 'pacs:images'],
    ['/api/pacs/studies', 'pacs:images'],
    ['/api/pacs/unattached', 'pacs:images'],
  ] as const satisfies readonly (readonly [string, Right])[])('GET %s asks for %s', async (path, right) => {
    expect((await test.anonymous().request('GET', path)).status).toBe(401);
    for (const role of ROLES)
      expect([role, (await (await test.as(role)).request('GET', path)).status]).toEqual([role, may(role, right) ? 200 : 403]);
  });

  it('refuse who may not, what is not of the contract, and what is not there; nothing is written', async () => {
    await studyRow('1.2.3.1');
    const before = await footprint('pacspeers', 'pacsrefusals', 'pacsstudies', 'pacsassociations');
    const statuses = await statusesOf([
      [test.anonymous(), 'POST', '/api/pacs/peers', PEER],
      [technologist, 'POST', '/api/pacs/peers', PEER],
      [admin, 'POST', '/api/pacs/peers', { ...PEER, aeTitle: 'MORE THAN SIXTEEN CHARACTERS' }],
      [admin, 'POST', '/api/pacs/peers', { ...PEER, rights: ['print'] }],
      [admin, 'PATCH', `/api/pacs/peers/${NO_ID}`, { version: 1 }],
      [admin, 'DELETE', `/api/pacs/peers/${NO_ID}`],
      [technologist, 'DELETE', `/api/pacs/peers/${NO_ID}`],
      [admin, 'POST', `/api/pacs/refusals/${NO_ID}/admit`, {}],
      [technologist, 'POST', `/api/pacs/refusals/${NO_ID}/ignore`],
      [admin, 'POST', `/api/pacs/associations/${NO_ID}/abort`],
      [admin, 'GET', '/api/pacs/associations?cursor=x'],
      [admin, 'GET', '/api/pacs/associations?command=CPRINT'],
      [technologist, 'GET', '/api/pacs/studies?cursor=x'],
      [technologist, 'GET', '/api/pacs/studies/..%2f..%2fetc'],
      [technologist, 'GET', '/api/pacs/studies/1.2.3.999'],
      [technologist, 'GET', '/api/pacs/series/1.2.3.999'],
      [technologist, 'GET', '/api/pacs/instances/1.2.3.999/tags'],
      [secretary, 'GET', '/api/pacs/instances/1.2.3.999/tags'],
      [admin, 'POST', '/api/pacs/studies/1.2.3.1/attach', { dossierId: NO_ID }],
      [technologist, 'POST', '/api/pacs/studies/1.2.3.999/attach', { dossierId: NO_ID }],
      [technologist, 'POST', '/api/pacs/studies/1.2.3.1/attach', { dossierId: NO_ID }],
      [technologist, 'POST', '/api/pacs/studies/1.2.3.1/attach', {}],
    ]);
    expect(statuses).toEqual([
      401, 403, 400, 400, 404, 404, 403, 404, 403, 404, 400, 400, 400, 400, 404, 404, 404, 403, 403, 404, 404, 400,
    ]);
    expect(await footprint('pacspeers', 'pacsrefusals', 'pacsstudies', 'pacsassociations')).toEqual(before);
  });
});

describe('a closed dossier', () => {
  it('takes no study: 422, and nothing is written', async () => {
    await studyRow('1.2.3.2');
    const dossier = await new Department(test).dossierIn('CLOTURE');
    const before = await footprint('pacsstudies', 'dossiers');
    const answer = await technologist.request<ErrorBody>('POST', '/api/pacs/studies/1.2.3.2/attach', { dossierId: dossier.id });
    expect(answer).toMatchObject({ status: 422, body: { error: { code: 'dossier.closed' } } });
    expect(await footprint('pacsstudies', 'dossiers')).toEqual(before);
  }, 20_000);
});

describe('the white list', () => {
  it('is edited live on the version that was seen', async () => {
    const watcher = await test.watcher(secretary);
    await watcher.watch('pacs');
    const peer = await admin.call(createPeerCall, { body: { ...PEER, rights: ['echo', 'store'] } });
    expect(peer).toMatchObject({ ...PEER, version: 1, active: true, createdBy: 'Test admin' });
    await watcher.until(({ type }) => type === 'pacs:peers');
    expect((await admin.request('POST', '/api/pacs/peers', PEER)).body).toMatchObject({ error: { code: 'peer.exists' } });
    const path = `/api/pacs/peers/${peer.id}`;
    const changed = await admin.request<Peer>('PATCH', path, { version: 1, active: false, note: 'en panne' });
    expect(changed.body).toMatchObject({ ...PEER, active: false, note: 'en panne', version: 2 });
    const stale = await admin.request<ErrorBody>('PATCH', path, { version: 1, note: 'autre' });
    expect(stale).toMatchObject({ status: 409, body: { error: { code: 'peer.changed', details: { current: changed.body } } } });
    expect((await admin.request('DELETE', path)).status).toBe(204);
    expect((await admin.request<Peer[]>('GET', '/api/pacs/peers')).body).toEqual([]);
    expect(await auditedActions(`peer:${peer.id}`)).toEqual(['peer.created', 'peer.changed', 'peer.deleted']);
  });

  it('gains a refused caller once; one that is ignored leaves the list', async () => {
    const [one, other] = [await refusalOf('LATE'), await refusalOf('STRANGER')];
    const admitted = await Promise.all(
      [0, 1].map(() => admin.request('POST', `/api/pacs/refusals/${one._id.toHexString()}/admit`, { rights: ['store'] })),
    );
    expect(admitted.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect((await admin.request('POST', `/api/pacs/refusals/${other._id.toHexString()}/ignore`)).status).toBe(204);
    expect((await admin.request('GET', '/api/pacs/refusals')).body).toEqual([]);
  });
});

describe('where nobody receives', () => {
  it('the status says so, and what only a receiver can do is refused', async () => {
    const { body } = await technologist.request<PacsStatus>('GET', '/api/pacs/status');
    expect(body).toMatchObject({ listening: false, why: 'role', aeTitle: 'VIGIE', port: 11_112, asOf: null });
    const running = await associationOf('CT1', { endedAt: null, status: 'pending' });
    const statuses = await statusesOf([
      [admin, 'POST', '/api/pacs/echo'],
      [technologist, 'POST', '/api/pacs/echo'],
      [admin, 'POST', `/api/pacs/associations/${running._id.toHexString()}/abort`],
    ]);
    expect(statuses).toEqual([503, 403, 503]);
    await AssociationModel.deleteOne({ _id: running._id });
  });
});

describe('the history', () => {
  it('pages without a gap, counts what failed, and filters by time', async () => {
    await AssociationModel.deleteMany({});
    for (let index = 0; index < 7; index += 1) await associationOf(`AE${index}`, { failed: index % 2 === 0 });
    const titles: string[] = [];
    let cursor = '';
    do {
      const { body } = await technologist.request<{ items: { callingAeTitle: string }[]; next?: string; total: number; failed: number }>(
        'GET',
        `/api/pacs/associations?state=ended&limit=3${cursor}`,
      );
      expect([body.total, body.failed]).toEqual([7, 4]);
      titles.push(...body.items.map(({ callingAeTitle }) => callingAeTitle));
      cursor = body.next ? `&cursor=${body.next}` : '';
    } while (cursor !== '');
    expect([...titles].sort()).toEqual(['AE0', 'AE1', 'AE2', 'AE3', 'AE4', 'AE5', 'AE6']);
    const later = new Date(test.clock.now().getTime() + 1000).toISOString();
    const none = await technologist.request<{ items: unknown[] }>('GET', `/api/pacs/associations?from=${later}`);
    expect(none.body.items).toEqual([]);
  });

  it('as a file keeps a caller’s title a text', async () => {
    await associationOf('=1+1;"A"');
    const file = await associationsCsv({ peer: '=1+1;"A"' });
    expect(file.startsWith('\u{FEFF}start;end;')).toBe(true);
    expect(file).toContain(`"'=1+1;""A"""`);
  });
});

describe('the archive', () => {
  it('searches by the beginning of identifier and names, and writes the list down', async () => {
    const found = async (q: string) =>
      (await technologist.request<{ items: { uid: string }[] }>('GET', `/api/pacs/studies?q=${encodeURIComponent(q)}`)).body.items.length;
    expect([await found('AUT'), await found('x1 aut'), await found('$where'), await found('zz')]).toEqual([2, 2, 0, 0]);
    expect(await auditedActions()).toContain('studies.listed');
  });
});
