import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '#server/testing/app.ts';
import { forgetLost } from './lost.ts';
import { InstanceModel, StudyModel, type InstanceRow, type StudyRow } from './model.ts';

let test: TestApp;
let root: string;

beforeAll(async () => {
  test = await startTestApp();
  root = await mkdtemp(path.join(tmpdir(), 'vigie-lost-'));
}, 30_000);
afterAll(async () => {
  await test.close();
  await rm(root, { recursive: true, force: true });
});

const at = new Date('2026-01-05T08:00:00Z');

async function givenStudy(_id: string, complete: boolean): Promise<void> {
  const row: Partial<StudyRow> = { archivePatient: 'a', patient: { patientId: '', name: '', birthDate: null, sex: null }, searchKeys: [] };
  const counts = {
    modalities: [],
    series: 1,
    instances: 1,
    bytes: 1,
    firstAt: at,
    lastAt: at,
    complete,
    images: true,
    mixed: false,
    rtObjects: [],
  };
  const attachment = { state: 'waiting', reason: null, dossier: null, patient: null, by: null, at: null } as const;
  await StudyModel.create({ _id, ...row, ...counts, attachment });
}

async function givenInstance(studyUid: string, name: string, written: boolean): Promise<void> {
  const file = `${studyUid}/1/${name}.dcm`;
  const row: InstanceRow = {
    ...{
      _id: name,
      studyUid,
      seriesUid: `${studyUid}.1`,
      number: 1,
      sopClassUid: '1.2',
      transferSyntaxUid: '1.2',
      sizeBytes: 1,
      checksum: 'x',
    },
    ...{ path: file, startedAt: at, storedAt: at, from: 'CT1' },
  };
  await InstanceModel.create(row);
  if (!written) return;
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), '.');
}

it('after a crash a row whose file never came is removed: in an open study only, and only where the archive itself is there', async () => {
  await givenStudy('1.1', false);
  await givenInstance('1.1', 'whole', true);
  await givenInstance('1.1', 'lost', false);
  await givenStudy('1.2', true);
  await givenInstance('1.2', 'complete-whole', true);
  await givenInstance('1.2', 'complete', false);
  await givenStudy('1.3', false);
  await givenInstance('1.3', 'archive-away', false);
  expect(await forgetLost(root)).toBe(1);
  expect(await forgetLost(root)).toBe(0);
  const left = await InstanceModel.find({}, { _id: 1 }).sort({ _id: 1 }).lean();
  expect(left.map(({ _id }) => _id)).toEqual(['archive-away', 'complete', 'complete-whole', 'whole']);
});
