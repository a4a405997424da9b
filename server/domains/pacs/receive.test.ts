import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DossierFact } from '#shared/dossiers/events.ts';
import { createDossierCall, readDossierCall } from '#shared/dossiers/api.ts';
import type { Dossier } from '#shared/dossiers/schemas.ts';
import {
  admitRefusalCall,
  attachStudyCall,
  createPeerCall,
  echoPeersCall,
  listAssociationsCall,
  listPeerLightsCall,
  listRefusalsCall,
  listStudiesCall,
  listUnattachedCall,
  readPacsStatusCall,
  readPacsSummaryCall,
  readSeriesCall,
  readStudyCall,
  readTagsCall,
} from '#shared/pacs/api.ts';
import type { Association, PeerLight, Study } from '#shared/pacs/schemas.ts';
import { changePatientCall, createPatientCall } from '#shared/patients/api.ts';
import type { Patient } from '#shared/patients/schemas.ts';
import { echo, store } from '#server/platform/dicom/client.ts';
import { associate, ECHO_CONTEXT } from '#server/platform/dicom/testing/loopback.ts';
import { startTestApp, type Client, type TestApp, type Watcher } from '#server/testing/app.ts';
import { SOP_CLASS, dicomFile, type TestObject } from '#server/testing/dicom-file.ts';
import { newPatient } from '#server/testing/dossiers.ts';
import { ConflictModel, InstanceModel } from './model.ts';

let test: TestApp;
let technologist: Client;
let admin: Client;
let watcher: Watcher;
let made = 0;

const CONTEXTS = Object.values(SOP_CLASS).map((sopClass) => ({ sopClass, transferSyntaxUid: '1.2.840.10008.1.2.1' }));

beforeAll(async () => {
  test = await startTestApp({ dicom: true });
  technologist = await test.as('technologist');
  admin = await test.as('admin');
  await admin.call(createPeerCall, { body: { aeTitle: 'SCANNER1', host: '127.0.0.1', rights: ['echo', 'store'] } });
  watcher = await test.watcher(technologist);
  await watcher.watch('pacs');
  await watcher.watch('dossiers');
}, 30_000);
afterAll(() => test.close());

/** Waits as long as a busy machine may take. */
function poll<T>(look: () => T) {
  return expect.poll(look, { timeout: 9000 });
}

function send(objects: readonly TestObject[], callingAeTitle = 'SCANNER1') {
  return store({ host: '127.0.0.1', port: test.dicomPort(), callingAeTitle, calledAeTitle: 'VIGIE' }, objects.map(dicomFile), {
    contexts: CONTEXTS,
  });
}

function studyOf({ ipp, lastName, firstName, birthDate }: Patient, change: Partial<TestObject> = {}): TestObject {
  made += 1;
  const studyUid = `1.2.826.0.1.${made}`;
  return {
    patientId: ipp,
    name: `${lastName}^${firstName}`,
    birthDate: birthDate.replaceAll('-', ''),
    studyUid,
    instanceUid: `${studyUid}.1.1`,
    ...change,
  };
}

async function dossierOf(patient: Patient): Promise<Dossier> {
  return technologist.call(createDossierCall, { body: { patientId: patient.id } });
}

function reread(dossier: Dossier): Promise<Dossier> {
  return technologist.call(readDossierCall, { params: { id: dossier.id } });
}

function item(dossier: Dossier, code: string) {
  return dossier.items.find((one) => one.code === code);
}

async function attachmentOf(uid: string): Promise<Study['attachment']> {
  const { study } = await technologist.call(readStudyCall, { params: { uid } });
  return study.attachment;
}

describe('a study that arrives', () => {
  it('ticks the imported exams of the one dossier of its patient, live on every board, as the PACS', async () => {
    const patient = await newPatient(technologist);
    const dossier = await dossierOf(patient);
    const object = studyOf(patient, { patientId: ` ${patient.ipp.toLowerCase()}` });
    expect(await send([object])).toMatchObject({ ok: true, sent: 1 });
    const fact = await watcher.until(({ type, data }) => type === 'dossier:changed' && (data as DossierFact).card.id === dossier.id);
    expect((fact.data as DossierFact).by).toBe('PACS');
    const after = await reread(dossier);
    expect(item(after, 'exams_imported')).toMatchObject({ done: true, by: 'PACS', role: null, evidence: object.studyUid });
    expect(after.version).toBe(dossier.version + 1);
    expect(await attachmentOf(object.studyUid)).toMatchObject({ state: 'attached', dossier: dossier.id, patient: patient.id });
    const { items } = await technologist.call(listStudiesCall, { query: { dossier: dossier.id } });
    expect(items.map(({ uid }) => uid)).toEqual([object.studyUid]);
  });

  it('and contradicts its patient waits with the reason, until a technologist attaches it', async () => {
    const patient = await newPatient(technologist);
    const dossier = await dossierOf(patient);
    const object = studyOf(patient, { name: 'AUTRE^PERSONNE' });
    await send([object]);
    await poll(() => attachmentOf(object.studyUid)).toMatchObject({ state: 'waiting', reason: 'identity', patient: patient.id });
    expect(item(await reread(dossier), 'exams_imported')?.done).toBe(false);
    const { items } = await technologist.call(listUnattachedCall);
    expect(items[0]).toMatchObject({ uid: object.studyUid, patient: { name: 'AUTRE^PERSONNE' } });
    const attached = await technologist.call(attachStudyCall, { params: { uid: object.studyUid }, body: { dossierId: dossier.id } });
    expect(attached.attachment).toMatchObject({ state: 'attached', dossier: dossier.id, by: 'Test technologist' });
    expect(item(await reread(dossier), 'exams_imported')).toMatchObject({ done: true, by: 'Test technologist', role: 'technologist' });
    const again = await technologist.request('POST', `/api/pacs/studies/${object.studyUid}/attach`, { dossierId: dossier.id });
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'study.attached' } } });
  });

  it.each([
    [
      'an IPP that nobody has',
      async (): Promise<TestObject> => studyOf(await newPatient(technologist), { patientId: 'NOBODY-1' }),
      'no-such-ipp',
    ],
    ['no PatientID', async (): Promise<TestObject> => studyOf(await newPatient(technologist), { patientId: '' }), 'no-patient-id'],
    ['a patient without a dossier', async (): Promise<TestObject> => studyOf(await newPatient(technologist)), 'no-dossier'],
    [
      'a patient with two dossiers',
      async (): Promise<TestObject> => {
        const patient = await newPatient(technologist);
        await dossierOf(patient);
        await dossierOf(patient);
        return studyOf(patient);
      },
      'several-dossiers',
    ],
    ['another birth date', async (): Promise<TestObject> => studyOf(await newPatient(technologist), { birthDate: '19700101' }), 'identity'],
  ])('with %s waits', async (_name, make, reason) => {
    const object = await make();
    expect(await send([object])).toMatchObject({ ok: true });
    await poll(() => attachmentOf(object.studyUid)).toMatchObject({ state: 'waiting', reason });
  });

  it('and waits is judged again when its dossier is created', async () => {
    const patient = await newPatient(technologist);
    const object = studyOf(patient);
    await send([object]);
    await poll(() => attachmentOf(object.studyUid)).toMatchObject({ state: 'waiting', reason: 'no-dossier' });
    const dossier = await dossierOf(patient);
    expect((await attachmentOf(object.studyUid)).state).toMatch(/waiting|attached/); // it can be read while it waits to be judged again
    await poll(() => attachmentOf(object.studyUid)).toMatchObject({ state: 'attached', dossier: dossier.id, by: 'PACS' });
    expect(item(await reread(dossier), 'exams_imported')).toMatchObject({ done: true, by: 'PACS', evidence: object.studyUid });
  }, 15_000);

  it('and waits is judged again when its patient is created, then when his identity is corrected', async () => {
    const unknown = studyOf(await newPatient(technologist), { patientId: `later ${made}`, name: 'ATTENDU^LEA', birthDate: '19610203' });
    await send([unknown]);
    await poll(() => attachmentOf(unknown.studyUid)).toMatchObject({ state: 'waiting', reason: 'no-such-ipp' });
    const identity = { ipp: `LATER${made - 1}`, lastName: 'ATTENDUE', firstName: 'Léa', birthDate: '1961-02-03', sex: 'F' } as const;
    const patient = await technologist.call(createPatientCall, { body: { ...identity, confirmed: true } });
    await poll(() => attachmentOf(unknown.studyUid)).toMatchObject({ state: 'waiting', reason: 'identity', patient: patient.id });
    const dossier = await dossierOf(patient);
    const { version } = patient;
    const body = { ...identity, lastName: 'ATTENDU', version, confirmed: true };
    await technologist.call(changePatientCall, { params: { id: patient.id }, body });
    await poll(() => attachmentOf(unknown.studyUid)).toMatchObject({ state: 'attached', dossier: dossier.id });
  }, 30_000);

  it('of two patients under one UID is told and waits', async () => {
    const [one, other] = [await newPatient(technologist), await newPatient(technologist)];
    const first = studyOf(one);
    const second = { ...studyOf(other), studyUid: first.studyUid, seriesUid: `${first.studyUid}.2`, instanceUid: `${first.studyUid}.2.1` };
    expect(await send([first, second])).toMatchObject({ ok: true, sent: 2 });
    await poll(() => attachmentOf(first.studyUid)).toMatchObject({ state: 'waiting', reason: 'two-patients' });
    const { study, series } = await technologist.call(readStudyCall, { params: { uid: first.studyUid } });
    expect([study.mixed, series.length]).toEqual([true, 2]);
  });

  it('with structures proposes to lock the contours; plans and doses stand on the dossier', async () => {
    const patient = await newPatient(technologist);
    const dossier = await dossierOf(patient);
    const ct = studyOf(patient);
    const rt = (modality: 'RTSTRUCT' | 'RTPLAN' | 'RTDOSE', number: number): TestObject => ({
      ...ct,
      modality,
      label: `${modality} 1`,
      seriesUid: `${ct.studyUid}.${number}`,
      instanceUid: `${ct.studyUid}.${number}.1`,
    });
    await send([ct, rt('RTSTRUCT', 2), rt('RTPLAN', 3), rt('RTDOSE', 4)]);
    await poll(async () => (await reread(dossier)).proposals).toEqual([
      { item: 'contours_locked', evidence: `${ct.studyUid}.2.1`, at: expect.any(String) as string },
    ]);
    const studies = () => technologist.call(listStudiesCall, { query: { dossier: dossier.id } });
    await poll(async () => (await studies()).items[0]?.rtObjects.map(({ kind }) => kind).sort()).toEqual(['RTDOSE', 'RTPLAN', 'RTSTRUCT']);
  });

  it('is complete when nothing came for a minute, and no longer when something does', async () => {
    const object = studyOf(await newPatient(technologist));
    await send([object]);
    const complete = async () => (await technologist.call(readStudyCall, { params: { uid: object.studyUid } })).study;
    await poll(async () => (await complete()).instances).toBe(1);
    test.clock.advance(61_000);
    await poll(async () => (await complete()).complete).toBe(true);
    await send([{ ...object, instanceUid: `${object.instanceUid}.2` }]);
    await poll(complete).toMatchObject({ complete: false, instances: 2 });
  }, 20_000);
});

describe('a study sent by DCMTK', () => {
  const present = spawnSync('storescu', ['--version']).status === 0;
  it.skipIf(!present)('arrives like any other', async () => {
    const patient = await newPatient(technologist);
    const dossier = await dossierOf(patient);
    const object = studyOf(patient);
    const folder = await mkdtemp(path.join(tmpdir(), 'vigie-dcmtk-'));
    const file = path.join(folder, 'ct.dcm');
    await writeFile(file, dicomFile(object));
    const sent = spawn('storescu', ['-aet', 'SCANNER1', '-aec', 'VIGIE', '127.0.0.1', String(test.dicomPort()), file], { stdio: 'ignore' });
    const [code] = (await once(sent, 'exit')) as [number | null]; // the event's own arguments
    expect(code).toBe(0);
    await poll(async () => item(await reread(dossier), 'exams_imported')?.evidence).toBe(object.studyUid);
    await rm(folder, { recursive: true });
  });
});

describe('an instance', () => {
  it('sent twice is there once; other content under its UID is kept aside and told', async () => {
    const object = studyOf(await newPatient(technologist));
    expect(await send([object, object])).toMatchObject({ ok: true, sent: 2 });
    expect(await send([{ ...object, description: 'other words' }])).toMatchObject({ ok: true, sent: 1 });
    expect(await InstanceModel.countDocuments({ _id: object.instanceUid })).toBe(1);
    expect(await ConflictModel.countDocuments({ instanceUid: object.instanceUid })).toBe(1);
    const { items } = await technologist.call(readSeriesCall, { params: { uid: `${object.studyUid}.1` } });
    expect(items.map(({ uid }) => uid)).toEqual([object.instanceUid]);
    await poll(async () => (await technologist.call(readPacsStatusCall)).conflicts).toBe(1);
  }, 15_000);

  it('shows its tags, without identity to an administrator', async () => {
    const object = studyOf(await newPatient(technologist));
    await send([object]);
    const read = async (client: Client) => client.call(readTagsCall, { params: { uid: object.instanceUid } });
    const name = ({ tags }: Awaited<ReturnType<typeof read>>) => tags.find(({ tag }) => tag === '00100010');
    expect(name(await read(technologist))).toMatchObject({ value: object.name, hidden: false });
    const seen = await read(admin);
    expect(name(seen)).toMatchObject({ value: null, hidden: true });
    expect(JSON.stringify(seen)).not.toContain(object.name);
    expect(seen.tags.find(({ tag }) => tag === '00080060')).toMatchObject({ value: 'CT', hidden: false });
  });
});

describe('the white list', () => {
  it('refuses an unknown caller, lists him, and admits him with one click', async () => {
    const object = studyOf(await newPatient(technologist));
    expect(await send([object], 'NEWCT')).toMatchObject({ ok: false, cause: 'rejected: calling AE title not recognised' });
    const refusal = await poll(async () => (await admin.call(listRefusalsCall)).find(({ callingAeTitle }) => callingAeTitle === 'NEWCT'))
      .toMatchObject({ reason: 'calling-ae-unknown', rejection: '1-1-3', count: 1, address: '127.0.0.1' })
      .then(async () => (await admin.call(listRefusalsCall)).find(({ callingAeTitle }) => callingAeTitle === 'NEWCT'));
    const seen = await watcher.until(({ type }) => type === 'pacs:refusals');
    expect(JSON.stringify(seen.data)).toContain('NEWCT');
    const peer = await admin.call(admitRefusalCall, { params: { id: refusal?.id ?? '' }, body: {} });
    expect(peer).toMatchObject({ aeTitle: 'NEWCT', host: '127.0.0.1', port: null, rights: ['echo', 'store'] });
    expect(await send([object], 'NEWCT')).toMatchObject({ ok: true, sent: 1 });
    const settled = await admin.request('POST', `/api/pacs/refusals/${refusal?.id}/admit`, {});
    expect(settled).toMatchObject({ status: 409, body: { error: { code: 'refusal.settled' } } });
  });

  it('refuses what is not called by its name, and a command without its right', async () => {
    const target = { host: '127.0.0.1', port: test.dicomPort(), callingAeTitle: 'SCANNER1' };
    expect(await echo({ ...target, calledAeTitle: 'OTHER' })).toMatchObject({
      ok: false,
      cause: 'rejected: called AE title not recognised',
    });
    await admin.call(createPeerCall, { body: { aeTitle: 'ECHOONLY', host: '127.0.0.1', rights: ['echo'] } });
    expect(await echo({ ...target, callingAeTitle: 'ECHOONLY', calledAeTitle: 'VIGIE' })).toMatchObject({ ok: true });
    expect(await send([studyOf(await newPatient(technologist))], 'ECHOONLY')).toMatchObject({ ok: false, sent: 0 });
  });

  it('holds a peer to its address when told so', async () => {
    await admin.call(createPeerCall, { body: { aeTitle: 'FARAWAY', host: '192.0.2.7', rights: ['echo'], checkAddress: true } });
    const answer = await echo({ host: '127.0.0.1', port: test.dicomPort(), callingAeTitle: 'FARAWAY', calledAeTitle: 'VIGIE' });
    expect(answer).toMatchObject({ ok: false, cause: 'rejected: calling AE title not recognised' });
    await poll(async () => (await admin.call(listRefusalsCall)).map(({ reason }) => reason)).toContain('address');
  });

  it('echoes its peers when asked, and shows who answers and who does not', async () => {
    const closed = await admin.call(createPeerCall, { body: { aeTitle: 'CLOSED', host: '127.0.0.1', port: 1, rights: [] } });
    const self = await admin.call(createPeerCall, {
      body: { aeTitle: 'VIGIE', host: '127.0.0.1', port: test.dicomPort(), rights: ['echo'] },
    });
    await admin.call(echoPeersCall);
    const light = async (id: string): Promise<PeerLight | undefined> =>
      (await admin.call(listPeerLightsCall)).find(({ peer }) => peer === id);
    await poll(() => light(closed.id)).toMatchObject({ light: 'mute', failures: 1, lastEcho: { ms: null } });
    await poll(() => light(self.id)).toMatchObject({ light: 'answers', failures: 0 });
  });
});

describe('the monitor', () => {
  it('tells beginnings and ends live, the history with filters, and never an identity', async () => {
    const patient = await newPatient(technologist);
    const object = studyOf(patient, { description: 'TDM thorax' });
    await send([object]);
    const seen = await watcher.until(
      ({ type, data }) =>
        type === 'pacs:associations' &&
        (data as { changed: Association[] }).changed.some(({ studyUid, endedAt }) => studyUid === object.studyUid && endedAt !== null),
    );
    expect(JSON.stringify(seen.data)).not.toContain(patient.ipp);
    expect(JSON.stringify(seen.data)).not.toContain(patient.lastName);
    const page = await technologist.call(listAssociationsCall, {
      query: { state: 'ended', peer: 'SCANNER1', command: 'CSTORE', limit: 1 },
    });
    expect(page.items[0]).toMatchObject({
      service: 'SCP',
      action: 'CSTORE',
      messages: 1,
      status: 'completed',
      statusCode: '0x0000',
      modality: 'CT',
    });
    expect(page.items[0]?.seriesDescription).toBe('TDM thorax');
    const asAdmin = await admin.call(listAssociationsCall, { query: { state: 'ended', peer: 'SCANNER1', limit: 1 } });
    expect(asAdmin.items[0]?.seriesDescription).toBeNull();
    const failed = await technologist.call(listAssociationsCall, { query: { failed: 'true' } });
    expect(failed.items.length).toBe(failed.failed);
    expect(failed.items.every(({ status }) => status !== 'completed')).toBe(true);
  });

  it('aborts what runs when an administrator asks, and says so', async () => {
    const socket = connect(test.dicomPort(), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(associate([ECHO_CONTEXT], 'SCANNER1', 'VIGIE'));
    const running = async () => (await admin.call(listAssociationsCall, { query: { state: 'running' } })).items[0];
    await poll(running).toMatchObject({ status: 'pending', statusCode: '0xFF00', endedAt: null });
    const { id = '' } = (await running()) ?? {};
    expect(await technologist.request('POST', `/api/pacs/associations/${id}/abort`)).toMatchObject({ status: 403 });
    expect(await admin.request('POST', `/api/pacs/associations/${id}/abort`)).toMatchObject({ status: 204 });
    const ended = async () => (await admin.call(listAssociationsCall, { query: { state: 'ended' } })).items.find((one) => one.id === id);
    await poll(ended).toMatchObject({ status: 'aborted', statusCode: '0xA801', reason: 'aborted-by-admin' });
    expect(await admin.request('POST', `/api/pacs/associations/${id}/abort`)).toMatchObject({ status: 409 });
    socket.destroy();
  });

  it('sends at most five messages a second, whatever arrives', async () => {
    const patient = await newPatient(technologist);
    const first = studyOf(patient);
    const objects = Array.from({ length: 150 }, (_, index) => ({ ...first, instanceUid: `${first.studyUid}.1.${index + 1}` }));
    const from = watcher.received.length;
    const began = Date.now();
    await Promise.all([0, 1, 2].map((part) => send(objects.slice(part * 50, part * 50 + 50))));
    await poll(async () => (await technologist.call(readStudyCall, { params: { uid: first.studyUid } })).study.instances).toBe(150);
    const messages = watcher.received.slice(from).filter(({ topic }) => topic === 'pacs');
    expect(messages.length).toBeLessThanOrEqual(5 * Math.ceil((Date.now() - began) / 1000 + 1));
    const revisions = watcher.received.filter(({ topic }) => topic === 'pacs').map(({ revision }) => revision);
    expect(revisions).toEqual(revisions.map((_, index) => (revisions[0] ?? 0) + index));
  });

  it('gives the history as a file, and the wall its figures', async () => {
    const file = await fetch(`${test.url}/api/pacs/associations.csv?peer=SCANNER1`, { headers: { cookie: technologist.cookie } });
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const bytes = Buffer.from(await file.arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const [head, ...lines] = bytes.toString('utf8').trim().split('\r\n');
    expect(head).toContain('start;end;service;action;calling;called');
    expect(lines.every((line) => line.includes('SCANNER1'))).toBe(true);
    expect(await admin.call(readPacsSummaryCall)).toMatchObject({ listening: true });
  });
});
