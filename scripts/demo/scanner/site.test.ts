// The whole of it: a site receives what the scanner of the demo sends, and its dossiers take notice.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDossierCall } from '#shared/dossiers/api.ts';
import type { Dossier } from '#shared/dossiers/schemas.ts';
import { createPeerCall, listUnattachedCall } from '#shared/pacs/api.ts';
import { listDossiers } from '#server/domains/dossiers/index.ts';
import { startTestApp, type Client, type TestApp } from '#server/testing/app.ts';
import { Department } from '#server/testing/dossiers.ts';
import { castPeople, type Cast } from '../people.ts';
import { stepForward } from '../walk.ts';
import { patientsToScan } from './patients.ts';
import { runScanner, type StudyReport } from './scanner.ts';
import { uidOf } from './study.ts';

let site: TestApp;
let cast: Cast;
let technologist: Client;
const reports: StudyReport[] = [];

beforeAll(async () => {
  site = await startTestApp({ dicom: true });
  cast = await castPeople(site.app.contexts, site.ctx);
  const department = new Department(site);
  await department.dossier({ pathology: 'Poumon' });
  let contoured = await department.dossier({ pathology: 'Prostate' });
  for (const at of [new Date(), new Date()]) contoured = await stepForward(cast, contoured, at);
  technologist = await site.as('technologist');
  await (await site.as('admin')).call(createPeerCall, { body: { aeTitle: 'SCANNER1', host: '127.0.0.1', rights: ['store'] } });
  await runScanner({
    ...{ host: '127.0.0.1', port: site.dicomPort(), aec: 'VIGIE', studies: 5, slices: 3 },
    patients: () => patientsToScan(cast),
    onStudy: (report) => void reports.push(report),
  });
});
afterAll(() => site.close());

test('the site takes every object', () => {
  expect(reports.map(({ ok, cause }) => ({ ok, cause }))).toEqual(Array.from({ length: 5 }, () => ({ ok: true, cause: undefined })));
});

test('images tick the exams of the dossier that waits for them, with the study as evidence', async () => {
  const { study, dossier } = await dossierOf(0);
  expect(dossier.status).toBe('A_PREPARER');
  await expect
    .poll(async () => (await dossierOf(0)).dossier.items.find(({ code }) => code === 'exams_imported'), { timeout: 10_000 })
    .toMatchObject({ done: true, evidence: study });
});

test('structures propose to lock the contours', async () => {
  const { dossier } = await dossierOf(1);
  expect(dossier.status).toBe('CONTOURS_VALIDES');
  await expect
    .poll(async () => (await dossierOf(1)).dossier.proposals, { timeout: 10_000 })
    .toMatchObject([{ item: 'contours_locked', evidence: uidOf(reportOf(1).study, 'rtstruct') }]);
});

test('a stranger and a patient whose identity is wrong wait to be attached', async () => {
  const waiting = [3, 4].map((index) => uidOf(reportOf(index).study, 'study'));
  await expect
    .poll(async () => (await technologist.call(listUnattachedCall, {})).items.map(({ uid }) => uid).sort(), { timeout: 10_000 })
    .toEqual(waiting.sort());
});

function reportOf(index: number): StudyReport {
  const report = reports[index];
  if (!report) throw new Error(`study ${index} was not sent`);
  return report;
}

async function dossierOf(index: number): Promise<{ study: string; dossier: Dossier }> {
  const { study } = reportOf(index);
  const { items } = await listDossiers(cast('technologist'), { q: study.subject.ipp, limit: 2 });
  const dossier = await technologist.call(readDossierCall, { params: { id: items[0]?.id ?? '' } });
  return { study: uidOf(study, 'study'), dossier };
}
