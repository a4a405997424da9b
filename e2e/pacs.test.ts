// Reception as people see it: who talks, who was refused, what waits, what lies in the archive.
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createDossierCall, readDossierCall } from '#shared/dossiers/api.ts';
import { store } from '../server/platform/dicom/client.ts';
import { associate, ECHO_CONTEXT } from '../server/platform/dicom/testing/loopback.ts';
import { dicomFile, SOP_CLASS } from '../server/testing/dicom-file.ts';
import { newPatient } from '../server/testing/dossiers.ts';
import { press, textOf } from './acts.ts';
import { startSite, type Site } from './site.ts';

const STUDY = '1.2.826.7';
const CONTEXTS = [{ sopClass: SOP_CLASS.CT, transferSyntaxUid: '1.2.840.10008.1.2.1' }];

let site: Site;

beforeAll(async () => {
  site = await startSite({ heartbeatMs: 1000, dicom: true });
}, 60_000);
afterAll(() => site.close());
afterEach(() => expect(site.complaints()).toEqual([]));

function send(file: Buffer) {
  const target = { host: '127.0.0.1', port: site.test.dicomPort(), callingAeTitle: 'NEWCT', calledAeTitle: 'VIGIE' };
  return store(target, [file], { contexts: CONTEXTS });
}

it('a refused scanner is admitted, sends, is seen live and in the history; its study is attached, and its tags are read', async () => {
  const technologist = await site.test.as('technologist');
  const patient = await newPatient(technologist);
  const dossier = await technologist.call(createDossierCall, { body: { patientId: patient.id } });
  const identity = { patientId: patient.ipp, name: 'AUTRE^PERSONNE', description: 'TDM du journal' };
  const file = dicomFile({ ...identity, studyUid: STUDY, instanceUid: `${STUDY}.1.1` });

  // Refused, seen live, admitted with one click.
  const admin = await site.open('admin', '/pacs');
  await admin.getByRole('heading', { name: 'Associations en cours' }).waitFor();
  expect(await send(file)).toMatchObject({ ok: false });
  const card = admin.getByRole('article', { name: 'Appelant refusé : NEWCT' });
  await card.getByText('titre AE appelant absent de la liste blanche').waitFor();
  await card.getByRole('button', { name: 'Admettre' }).click();
  await card.waitFor({ state: 'detached' });

  // Running, seen live; then aborted, and in the history with what was sent in order.
  expect(await send(file)).toMatchObject({ ok: true });
  const socket = connect(site.test.dicomPort(), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(associate([ECHO_CONTEXT], 'NEWCT', 'VIGIE'));
  const running = admin.getByRole('table', { name: /^Associations en cours/ }).getByRole('row', { name: /NEWCT/ });
  await running.getByText('En cours').waitFor();
  await running.getByRole('button', { name: /^Interrompre/ }).click();
  await press(admin.getByRole('dialog'), 'Interrompre l’association');
  const history = admin.getByRole('table', { name: /^Associations terminées/ });
  await history.getByRole('row', { name: /NEWCT.*Terminée/ }).waitFor();
  await history.getByRole('row', { name: /coupée par un administrateur/ }).waitFor();
  socket.destroy();
  await admin.getByText(/^Échecs ·/).click();
  await history.getByRole('row', { name: /Terminée/ }).waitFor({ state: 'detached' });
  await history.getByRole('row', { name: /coupée par un administrateur/ }).waitFor();
  const [csv] = await Promise.all([admin.waitForEvent('download'), admin.getByRole('link', { name: 'CSV' }).click()]);
  expect(csv.suggestedFilename()).toMatch(/\.csv$/);

  // It waits, with the reason; a technologist attaches it, and the dossier has its exams.
  const page = await site.open('technologist', '/pacs/unattached');
  await page.getByText('Le nom ou la naissance contredit le patient de cet IPP').first().waitFor();
  await page
    .getByRole('link', { name: identity.description })
    .or(page.getByRole('link', { name: 'Examen', exact: true }))
    .first()
    .click();
  await press(page, `Rattacher au dossier ${dossier.number}`);
  await page.getByText(`Examen rattaché au dossier ${dossier.number}.`).first().waitFor();
  const after = await technologist.call(readDossierCall, { params: { id: dossier.id } });
  expect(after.items.find(({ code }) => code === 'exams_imported')).toMatchObject({ done: true, evidence: STUDY });

  // From the archive down to the tags.
  await page.goto(`${site.test.url}/pacs/archive/studies/${STUDY}/series`);
  await page.getByRole('link', { name: identity.description }).click();
  await page.locator('td a.code, td.code a').first().click();
  const name = page.getByRole('row', { name: /PatientName/ });
  await name.waitFor();
  expect(await textOf(name)).toContain('AUTRE^PERSONNE');
}, 90_000);
