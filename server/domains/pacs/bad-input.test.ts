import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createPeerCall, listAssociationsCall, listUnattachedCall, readSeriesCall, readStudyCall } from '#shared/pacs/api.ts';
import type { Study } from '#shared/pacs/schemas.ts';
import { store, type StoreResult } from '#server/platform/dicom/client.ts';
import { writeFileMeta } from '#server/platform/dicom/file.ts';
import { startTestApp, type Client, type TestApp } from '#server/testing/app.ts';
import { CT, sampleCt, text, type SampleElement } from '#server/testing/dicom.ts';
import { InstanceModel, StudyModel } from './model.ts';

const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1';
const [PATIENT_NAME, PATIENT_ID, BIRTH_DATE] = [0x0010_0010, 0x0010_0020, 0x0010_0030];
const [CHARSET, SOP_INSTANCE, STUDY_DATE, STUDY_TEXT] = [0x0008_0005, 0x0008_0018, 0x0008_0020, 0x0008_1030];
const [STUDY_UID, SERIES_UID] = [0x0020_000d, 0x0020_000e];
/** What must never be in a log: it stands as name and identifier in every object here. */
const SECRET = 'SECRETNAME';

let test: TestApp;
let technologist: Client;
let number = 0;
const logged: string[] = [];

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => logged.push(String(line)) > 0);
  test = await startTestApp({ dicom: true, env: { LOG_LEVEL: 'debug' } });
  technologist = await test.as('technologist');
  const admin = await test.as('admin');
  await admin.call(createPeerCall, { body: { aeTitle: 'CT1', host: '127.0.0.1', rights: ['store'] } });
}, 30_000);
afterAll(async () => {
  await test.close();
  vi.restoreAllMocks();
});

type Change = Readonly<Record<number, SampleElement | null>>;

/** An object of a new study, whose file and command say its SOP Instance UID as the data set does, whatever that is. */
function object(change: Change): { file: Buffer; dataset: Buffer; study: string } {
  number += 1;
  const identity = { [PATIENT_NAME]: text(PATIENT_NAME, 'PN', `${SECRET}^A`), [PATIENT_ID]: text(PATIENT_ID, 'LO', `${SECRET}${number}`) };
  const { dataset, sopInstance, study } = sampleCt({ study: number, change: { ...identity, ...change } });
  const sopInstanceUid = SOP_INSTANCE in change ? valueOf(change[SOP_INSTANCE]) : sopInstance;
  const meta = writeFileMeta({ sopClassUid: CT, sopInstanceUid, transferSyntaxUid: EXPLICIT_LITTLE, sourceAeTitle: '' });
  return { file: Buffer.concat([meta, dataset]), dataset, study };
}

function valueOf(element: SampleElement | null | undefined): string {
  return typeof element?.value === 'string' ? element.value : '';
}

function send(file: Buffer): Promise<StoreResult> {
  const target = { host: '127.0.0.1', port: test.dicomPort(), callingAeTitle: 'CT1', calledAeTitle: 'VIGIE' };
  return store(target, [file], { contexts: [{ sopClass: CT, transferSyntaxUid: EXPLICIT_LITTLE }] });
}

const poll = <T>(look: () => T) => expect.poll(look, { timeout: 9000 });

async function studyOf(uid: string): Promise<Study> {
  return (await technologist.call(readStudyCall, { params: { uid } })).study;
}

async function filesOf(): Promise<string[]> {
  const entries = await readdir(path.join(test.settings.DATA_DIR, 'dicom'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

const ui = (tag: number, value: string): Change => ({ [tag]: text(tag, 'UI', value) });
const LONG = 'L'.repeat(65_000);

describe('refused with 0xC000, nothing stored, and shown', () => {
  it.each<[string, Change]>([
    ['no SOP Instance UID', { [SOP_INSTANCE]: null }],
    ['no Study Instance UID', { [STUDY_UID]: null }],
    ['no Series Instance UID', { [SERIES_UID]: null }],
    ['a SOP Instance UID of 70 characters', ui(SOP_INSTANCE, `1.${'3'.repeat(68)}`)],
    ['a study UID of 70 characters', ui(STUDY_UID, `1.${'3'.repeat(68)}`)],
    ['a SOP Instance UID with letters', ui(SOP_INSTANCE, '1.2.abc.3')],
    ['a series UID with letters', ui(SERIES_UID, 'series-1')],
    ['a SOP Instance UID that leads out of the folder', ui(SOP_INSTANCE, '../../../../tmp/evil')],
    ['a study UID that leads out of the folder', ui(STUDY_UID, '../../../etc/cron.d/evil')],
    ['a series UID that is an absolute path', ui(SERIES_UID, '/etc/evil')],
    ['a study UID of 64 KB', { [STUDY_UID]: text(STUDY_UID, 'UT', '1'.repeat(65_000)) }],
  ])('%s', async (_name, change) => {
    const before = [await InstanceModel.countDocuments({}), await StudyModel.countDocuments({}), (await filesOf()).length];
    const seen = (await technologist.call(listAssociationsCall, { query: { failed: 'true' } })).failed;
    expect((await send(object(change).file)).statuses).toEqual({ '0xC000': 1 });
    expect([await InstanceModel.countDocuments({}), await StudyModel.countDocuments({}), (await filesOf()).length]).toEqual(before);
    const failed = () => technologist.call(listAssociationsCall, { query: { failed: 'true' } });
    await poll(async () => (await failed()).failed).toBe(seen + 1);
    expect((await failed()).items[0]).toMatchObject({ status: 'failed', statusCode: '0xC000', reason: 'not-understood' });
  });

  it('an empty data set', async () => {
    const meta = writeFileMeta({ sopClassUid: CT, sopInstanceUid: '1.2.3', transferSyntaxUid: EXPLICIT_LITTLE, sourceAeTitle: '' });
    expect((await send(meta)).statuses).toEqual({ '0xC000': 1 });
  });
});

describe('stored as it came, indexed, and shown in "à rattacher"', () => {
  it.each<[string, Change, Partial<Study['patient']>]>([
    ['no PatientID', { [PATIENT_ID]: null }, { patientId: '' }],
    ['a PatientID of spaces', { [PATIENT_ID]: text(PATIENT_ID, 'LO', '    ') }, { patientId: '' }],
    ['a name that is a path', { [PATIENT_NAME]: text(PATIENT_NAME, 'PN', '../../etc^passwd') }, { name: '../../etc^passwd' }],
    ['a name of 64 KB', { [PATIENT_NAME]: text(PATIENT_NAME, 'UT', LONG) }, { name: LONG.slice(0, 1024) }],
    ['a description of 64 KB', { [STUDY_TEXT]: text(STUDY_TEXT, 'UT', LONG) }, {}],
    [
      'a PatientID of a wrong value representation',
      { [PATIENT_ID]: { tag: PATIENT_ID, vr: 'OB', value: Buffer.from('WRONG_VR') } },
      { patientId: 'WRONG_VR' },
    ],
    ['a birth date of 00000000', { [BIRTH_DATE]: text(BIRTH_DATE, 'DA', '00000000') }, { birthDate: null }],
    ['a birth date that is no day', { [BIRTH_DATE]: text(BIRTH_DATE, 'DA', '19630231') }, { birthDate: null }],
    [
      'a name in ISO_IR 100',
      { [CHARSET]: text(CHARSET, 'CS', 'ISO_IR 100'), [PATIENT_NAME]: text(PATIENT_NAME, 'PN', 'LÉGER^ZOÉ') },
      { name: 'LÉGER^ZOÉ' },
    ],
    [
      'a name in ISO_IR 192',
      {
        [CHARSET]: text(CHARSET, 'CS', 'ISO_IR 192'),
        [PATIENT_NAME]: { tag: PATIENT_NAME, vr: 'PN', value: Buffer.from('ŁĘCKA^Żaneta ') },
      },
      { name: 'ŁĘCKA^Żaneta' },
    ],
  ])('%s', async (_name, change, patient) => {
    const { file, dataset, study } = object(change);
    expect(await send(file)).toMatchObject({ ok: true, statuses: { '0x0000': 1 } });
    const row = await InstanceModel.findOne({ studyUid: study }).lean();
    const stored = await readFile(path.join(test.settings.DATA_DIR, 'dicom', row?.path ?? ''));
    expect(stored.subarray(-dataset.length).equals(dataset)).toBe(true);
    expect((await studyOf(study)).patient).toMatchObject(patient);
    await poll(async () => (await technologist.call(listUnattachedCall)).items.map(({ uid }) => uid)).toContain(study);
  });

  it('a study date of 00000000', async () => {
    const { file, study } = object({ [STUDY_DATE]: text(STUDY_DATE, 'DA', '00000000') });
    expect(await send(file)).toMatchObject({ ok: true });
    expect((await studyOf(study)).date).toBeNull();
  });

  it('a study under two patients, both of whose objects are kept', async () => {
    const first = object({});
    const uids = { [STUDY_UID]: text(STUDY_UID, 'UI', first.study), [SERIES_UID]: text(SERIES_UID, 'UI', `${first.study}.77`) };
    for (const { file } of [first, object(uids)]) expect(await send(file)).toMatchObject({ ok: true });
    await poll(async () => (await studyOf(first.study)).attachment).toMatchObject({ state: 'waiting', reason: 'two-patients' });
    const { items } = await technologist.call(readSeriesCall, { params: { uid: `${first.study}.77` } });
    expect(items).toHaveLength(1);
  });

  it('the same PatientID with spaces and in another case, as one patient', async () => {
    const [one, other] = ['Case 77', ' caSE77 '].map((id) => object({ [PATIENT_ID]: text(PATIENT_ID, 'LO', id) }));
    for (const { file } of [one, other].filter((each) => each !== undefined)) expect(await send(file)).toMatchObject({ ok: true });
    const rows = await StudyModel.find({ _id: { $in: [one?.study ?? '', other?.study ?? ''] } }).lean();
    expect(rows.map(({ archivePatient }) => archivePatient)).toEqual([rows[0]?.archivePatient, rows[0]?.archivePatient]);
  });
});

it('none of it was logged with an identity', () => {
  expect(logged.join('')).not.toContain(SECRET);
  expect(logged.join('')).not.toMatch(/LÉGER|ŁĘCKA|WRONG_VR|caSE77/);
});
