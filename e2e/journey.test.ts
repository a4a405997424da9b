// One dossier through every status, by the right people, with nothing but what the pages offer.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { Role } from '#shared/roles.ts';
import { createPatientCall } from '#shared/patients/api.ts';
import { createDossierCall } from '#shared/dossiers/api.ts';
import type { Status } from '#shared/dossiers/statuses.ts';
import { PASSWORD } from '../server/testing/app.ts';
import { cardIn, column, fill, openMoves, press, sign, textOf } from './acts.ts';
import { startSite, type Site } from './site.ts';

let site: Site;
let board: Page; // the coordinator watches all day
const pages = new Map<Role, Page>();
const dossier = { id: '' };

beforeAll(async () => {
  site = await startSite();
  const technologist = await site.staff.as('technologist');
  const known = { ipp: '40021', lastName: 'Marchand', firstName: 'Lucie', birthDate: '1961-05-14', sex: 'F', confirmed: true } as const;
  const { id } = await technologist.call(createPatientCall, { body: known });
  await technologist.call(createDossierCall, { body: { patientId: id, machineId: 'versa-hd-1' } });
  board = await site.open('coordinator', '/dossiers');
});
afterAll(() => site.close());
afterEach(() => expect(site.complaints()).toEqual([]));

/** The dossier's page, as a role has it open. */
async function as(role: Role): Promise<Page> {
  const known = pages.get(role);
  if (known) return known;
  const page = await site.open(role, `/dossiers/${dossier.id}`);
  pages.set(role, page);
  await page.getByRole('heading', { name: 'MARCHAND Lucille' }).waitFor();
  return page;
}

const stands = (status: Status) => cardIn(board, status, dossier).waitFor({ timeout: 3000 });
const tick = (page: Page, item: string) => page.getByRole('checkbox', { name: `Cocher « ${item} »` }).click();
const ticked = (page: Page, item: string) => page.getByRole('checkbox', { name: `Décocher « ${item} »` }).waitFor();

it('a technologist creates patient and dossier, and is warned of a person who is very alike', async () => {
  await column(board, 'A_PREPARER').waitFor();
  const page = await site.open('technologist', '/dossiers');
  await page.getByRole('button', { name: 'Nouveau dossier' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Nouveau patient', { exact: true }).click();
  await fill(dialog, { IPP: '40022', Nom: 'marchand', Prénom: 'Lucille', 'Date de naissance': '1961-05-14' });
  await dialog.getByLabel('Sexe').selectOption({ label: 'Femme' });
  await dialog.getByLabel('Machine').selectOption({ label: 'Versa HD 1' });
  await dialog.getByLabel('Pathologie ou localisation').fill('Prostate');
  await press(dialog, 'Créer le dossier');
  const warning = dialog.locator('[data-likeness]');
  await warning.waitFor();
  expect(await textOf(warning)).toContain('Une personne très proche est déjà connue');
  expect(await textOf(warning)).toContain('MARCHAND Lucie');
  expect(await textOf(warning)).toMatch(/40\s?021/);
  await press(warning, 'C’est une autre personne : créer ce nouveau patient');
  await dialog.waitFor({ state: 'hidden' });
  const card = board.locator('[data-card]').filter({ hasText: 'Lucille' });
  await card.waitFor({ timeout: 3000 });
  dossier.id = (await card.getAttribute('data-card')) ?? '';
  await page.locator(`[data-card="${dossier.id}"] a`).click();
  await page.getByRole('heading', { name: 'MARCHAND Lucille' }).waitFor();
  pages.set('technologist', page);
});

it('is prepared by the technologist and prescribed by the oncologist, who signs with his password', async () => {
  const technologist = await as('technologist');
  for (const item of ['Identité vérifiée', 'Examens importés']) {
    await tick(technologist, item);
    await ticked(technologist, item);
  }
  const oncologist = await as('oncologist');
  await press(oncologist, 'Passer à « Prescription validée »');
  await stands('PRESCRIPTION_VALIDEE');
  await press(oncologist, 'Rédiger la prescription');
  await fill(oncologist, { Localisation: 'Prostate', Technique: 'VMAT', 'Première séance prévue': '2026-12-01' });
  await fill(oncologist, { 'Dose totale (Gy)': '6', Fractions: '2', 'Dose par fraction (Gy)': '3' });
  await press(oncologist, 'Ajouter une contrainte');
  await fill(oncologist, {
    'Organe, contrainte 1': 'Rectum',
    'Mesure, contrainte 1': 'V60',
    'Limite, contrainte 1': '12',
  });
  await press(oncologist, 'Enregistrer');
  await oncologist.locator('#prescription').getByText('Rectum').waitFor();
  await press(oncologist, 'Signer…');
  await sign(oncologist, 'not his password');
  await oncologist.getByText('Le mot de passe est incorrect.').waitFor();
  await sign(oncologist, PASSWORD);
  await oncologist.getByRole('dialog').waitFor({ state: 'hidden' });
  await press(oncologist, 'Passer à « Contours validés »');
  await stands('CONTOURS_VALIDES');
});

it('gets its contours, its plan, the QA signature of the physicist and the signature of the oncologist', async () => {
  const oncologist = await as('oncologist');
  await tick(oncologist, 'Contours verrouillés');
  await ticked(oncologist, 'Contours verrouillés');
  const dosimetrist = await as('dosimetrist');
  await press(dosimetrist, 'Passer à « Plan en revue »');
  await stands('PLAN_EN_REVUE');
  await press(dosimetrist, 'Rédiger le plan');
  await fill(dosimetrist, { 'Nom du plan': 'Plan 1', Technique: 'VMAT', 'Résultat, Rectum V60': '10,5' });
  await dosimetrist.locator('#plan').getByLabel('Machine').selectOption({ label: 'Versa HD 1' });
  await press(dosimetrist, 'Enregistrer');
  const physicist = await as('physicist');
  await press(physicist, 'Signer…');
  await sign(physicist, PASSWORD);
  await physicist.getByRole('dialog').waitFor({ state: 'hidden' });
  await press(physicist, 'Passer à « Plan validé »');
  await stands('PLAN_VALIDE');
  await press(oncologist, 'Signer…');
  await sign(oncologist, PASSWORD);
  await oncologist.getByRole('dialog').waitFor({ state: 'hidden' });
  await press(oncologist, 'Passer à « Prêt pour traitement »');
  await stands('PRET_POUR_TRAITEMENT');
});

it('waits for the light of its machine, which a physicist sets', async () => {
  const technologist = await as('technologist');
  await expect.poll(() => textOf(technologist.locator('body'))).toContain('Versa HD 1 ne peut pas traiter');
  const physicist = await site.open('physicist', '/qa');
  await press(physicist, 'Versa HD 1 : mettre conforme');
  await press(physicist, 'Contrôle quotidien conforme');
  await physicist
    .getByRole('row', { name: /Versa HD 1/ })
    .getByText('Contrôle quotidien conforme')
    .waitFor();
  await expect.poll(() => textOf(technologist.locator('body'))).not.toContain('ne peut pas traiter');
  await press(technologist, 'Passer à « En traitement »');
  await stands('EN_TRAITEMENT');
  await physicist.context().close();
});

it('is treated in sessions that begin with their check-list, reported and closed', async () => {
  const technologist = await as('technologist');
  await press(technologist, 'Commencer la séance 1');
  await technologist.getByText('La check-list n’est pas complète').waitFor();
  for (const number of [1, 2]) {
    for (const box of await technologist.locator('#sessions').getByRole('checkbox').all()) await box.check();
    await press(technologist, `Commencer la séance ${number}`);
    await press(technologist, 'Terminer la séance');
    await technologist.locator('#sessions').getByText(`${number} sur 2`).waitFor();
  }
  await cardIn(board, 'EN_TRAITEMENT', dossier).getByText('2/2').waitFor(); // once the ring of the last change is gone
  const oncologist = await as('oncologist');
  await tick(oncologist, 'Compte rendu final');
  await oncologist.getByRole('textbox', { name: 'Compte rendu final' }).fill('Traitement bien toléré.');
  await oncologist.getByRole('button', { name: 'Cocher', exact: true }).click();
  await ticked(oncologist, 'Compte rendu final');
  const onBoard = await site.open('oncologist', '/dossiers');
  await cardIn(onBoard, 'EN_TRAITEMENT', dossier).waitFor();
  const menu = await openMoves(onBoard, dossier);
  await press(menu, 'Passer en « Clôturé »');
  await cardIn(board, 'EN_TRAITEMENT', dossier).waitFor({ state: 'detached', timeout: 3000 });
  await board.getByRole('button', { name: 'Déplier les dossiers clôturés' }).click();
  await stands('CLOTURE');
  await onBoard.context().close();
});

it('tells all of it in its history, and in the audit log of the administrator', async () => {
  const oncologist = await as('oncologist');
  const changes = oncologist.locator('#changes');
  await press(changes, 'Plus ancien');
  await changes.getByText('crée le dossier').waitFor();
  const history = await textOf(changes);
  const lines = [
    'Test technologist crée le dossier',
    'Test technologist coche « Identité vérifiée »',
    'Test oncologist écrit la prescription',
    'Test oncologist signe',
    'Test dosimetrist écrit le plan',
    'Test physicist passe le dossier à « Plan validé »',
    'Test technologist commence la séance 2',
    'Test oncologist passe le dossier à « Clôturé »',
  ];
  for (const line of lines) expect(history).toContain(line);
  await oncologist.getByText('Dossier clôturé : il ne change plus.').waitFor();
  const admin = await site.open('admin', '/admin/audit');
  await admin.getByLabel('Sur', { exact: true }).fill(`dossier:${dossier.id}`);
  await press(admin, 'Filtrer');
  await admin.getByRole('row', { name: /Dossier déplacé.*Clôturé/ }).waitFor();
  const log = await textOf(admin.getByRole('table'));
  for (const act of ['Dossier créé', 'Élément coché', 'Prescription écrite', 'Signé', 'Plan écrit', 'Séance commencée'])
    expect(log).toContain(act);
  expect(log).toContain('Oncologue radiothérapeute');
  await press(admin, 'Tout afficher');
  await admin.getByRole('row', { name: /Test oncologist.*Signature refusée/ }).waitFor();
});
