// Quality control from the control to the session: what a source says, what people justify, enter, report and lift, live in every window.
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Dossier } from '#shared/dossiers/schemas.ts';
import { changeMachineCall, listMachinesCall } from '#shared/machines/api.ts';
import { PASSWORD } from '../server/testing/app.ts';
import { cardOf, press, textOf } from './acts.ts';
import { startSite, type Site } from './site.ts';

/** Wednesday of the ISO week 47, nine in the morning in Paris. */
const WEDNESDAY = new Date('2026-11-18T08:00:00.000Z');
/** The weekly control was done every week but last week's. */
const CSV = [
  'Id_ControleStudy;Id_Object;Id_UserModule;Name;StudyDate',
  '1;145;66;CQ hebdo;2026-10-27 07:30:00.000',
  '2;145;66;CQ hebdo;2026-11-03 07:30:00.000',
].join('\r\n');

let site: Site;
let dossier: Dossier;
let board: Page;
let physicist: Page;
let technologist: Page;

const row = (page: Page): Locator => page.locator('tr[data-machine="versa-hd-1"]');
const card = (): Locator => cardOf(board, dossier.id);
const shows = (place: Locator, text: string | RegExp) => expect.poll(() => textOf(place), { timeout: 5000 }).toMatch(text);

beforeAll(async () => {
  site = await startSite({ heartbeatMs: 1000, at: WEDNESDAY });
  dossier = await site.staff.dossierIn('EN_TRAITEMENT');
  const admin = await site.staff.as('admin');
  const machine = (await admin.call(listMachinesCall)).find((one) => one.id === 'versa-hd-1');
  if (!machine) throw new Error('no machine');
  const { id, status: _status, ...fields } = machine;
  await admin.call(changeMachineCall, { params: { id }, body: { ...fields, artiscanObjectId: 145, qaTypes: ['CQH', 'CQQ'] } });
  board = await site.open('coordinator', '/dossiers');
  physicist = await site.open('physicist', '/qa/source');
  technologist = await site.open('technologist', '/qa');
});
afterAll(async () => {
  expect(site.complaints()).toEqual([]);
  await site.close();
});

it('takes the controls of a CSV file, and the machine turns red for what is missing in it', async () => {
  await press(physicist, 'Envoyer le fichier');
  await physicist.getByText('Choisissez un fichier.').waitFor();
  await physicist
    .getByLabel('Fichier', { exact: true })
    .setInputFiles({ name: 'export.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\r\n1,2') });
  await press(physicist, 'Envoyer le fichier');
  await physicist.getByText(/il faut un point-virgule|Il manque les colonnes/).waitFor();
  await physicist
    .getByLabel('Fichier', { exact: true })
    .setInputFiles({ name: 'export.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) });
  await press(physicist, 'Envoyer le fichier');
  await physicist.getByText('2 contrôles pris du fichier').waitFor();
  await shows(row(technologist), /Bloquée.*Hebdomadaire S46 2026 manqué/);
  await shows(card(), /ne peut pas traiter/);
});

it('the daily control is entered by a technologist, and the missed week is justified by a physicist; the board follows by itself', async () => {
  await press(technologist, 'Versa HD 1 : saisir le contrôle quotidien');
  await press(technologist, 'Enregistrer le contrôle');
  await technologist.getByText('Choisissez le résultat.').waitFor();
  await technologist.getByLabel('Conforme', { exact: true }).check();
  await press(technologist, 'Enregistrer le contrôle');
  await expect.poll(() => textOf(row(technologist)), { timeout: 5000 }).not.toContain('Contrôle quotidien non fait');

  await physicist.goto(`${site.test.url}/qa`);
  await physicist.locator('[data-cell="CQH.2026-11-16"]').waitFor();
  await physicist.locator('[data-cell="CQH.2026-11-16"]').focus();
  await physicist.keyboard.press('ArrowLeft');
  await physicist.keyboard.press('Enter');
  const period = physicist.getByRole('complementary', { name: 'Versa HD 1, Semaine 46' });
  await period.getByLabel('Pourquoi le contrôle manque').fill('Semaine de quatre jours, remplacement du MLC.');
  await press(period, 'Justifier la période');
  await period.getByText('Semaine de quatre jours, remplacement du MLC.').waitFor();
  await shows(row(physicist), /Justifiée/);
  await expect.poll(() => textOf(card()), { timeout: 3000 }).not.toContain('ne peut pas traiter');

  await period.getByLabel('Nouvelle remarque').fill('À refaire lundy.');
  await press(period, 'Ajouter la remarque');
  await press(period.getByRole('listitem').filter({ hasText: 'À refaire lundy.' }), 'Modifier');
  await period.getByLabel('Modifier le texte de Test physicist').fill('À refaire lundi.');
  await press(period, 'Enregistrer');
  await period.getByText('À refaire lundi.').waitFor();
  await period.getByText('modifié une fois').waitFor();
});

it('a daily control that fails blocks the dossier in the other window within a second', async () => {
  await press(technologist, 'Versa HD 1 : saisir le contrôle quotidien');
  await technologist.getByLabel('Non conforme', { exact: true }).check();
  await technologist.getByRole('textbox', { name: /^Remarque/ }).fill('Débit +3,4 %');
  await technologist.getByRole('button', { name: 'Enregistrer le contrôle' }).click({ noWaitAfter: true });
  const begun = Date.now();
  await card().getByText('ne peut pas traiter').waitFor({ timeout: 5000 });
  expect(Date.now() - begun).toBeLessThan(1000);
  await shows(row(physicist), /Bloquée.*Contrôle quotidien du 18\/11\/2026 non conforme/);
});

it('two people of two roles lift the block until midnight, and it shows wherever the light does', async () => {
  await physicist.goto(`${site.test.url}/qa/machines/versa-hd-1`);
  await press(physicist, 'Demander une dérogation');
  await physicist.getByLabel('Pourquoi').fill('court');
  await physicist.getByLabel('Pourquoi').fill('Dérive connue, vérifiée à la chambre.');
  await press(physicist, 'Demander une dérogation');
  await physicist.getByText('Dérogation demandée').first().waitFor();
  expect(await physicist.getByRole('button', { name: 'Confirmer la dérogation' }).count()).toBe(0);
  expect(await textOf(card())).toContain('ne peut pas traiter');

  const oncologist = await site.open('oncologist', '/qa/machines/versa-hd-1');
  await press(oncologist, 'Confirmer la dérogation');
  await shows(card(), /Dérogation/);
  expect(await textOf(card())).not.toContain('ne peut pas traiter');
  await shows(row(technologist), /Dérogation jusqu’à minuit Test physicist et Test oncologist/);
  await board.goto(`${site.test.url}/dossiers/${dossier.id}`);
  await board.getByText('Dérogation jusqu’à minuit').first().waitFor();
  await board.goto(`${site.test.url}/dossiers`);
  await press(oncologist, 'Mettre fin à la dérogation');
  await shows(card(), /ne peut pas traiter/);
  await oncologist.context().close();
});

it('a fault is reported in one tap, explained or taken back afterwards, and a physicist signs the return to service', async () => {
  await press(technologist, 'Versa HD 1 : signaler une panne');
  await technologist.getByText(/Panne de Versa HD 1 signalée à/).waitFor();
  await shows(row(technologist), /Panne signalée/);
  await press(technologist, 'C’était une erreur');
  await expect.poll(() => textOf(row(technologist)), { timeout: 5000 }).not.toContain('Panne signalée');
  await press(technologist, 'Versa HD 1 : signaler une panne');
  await technologist.getByText(/Panne de Versa HD 1 signalée à/).waitFor();
  await press(technologist, 'Imagerie en panne');
  await shows(row(technologist), /Panne signalée.*Imagerie en panne/);

  await physicist.getByText('Imagerie en panne').first().waitFor();
  await physicist.getByText('2 contrôles listés ne sont pas faits.').waitFor();
  for (const name of ['Contrôle quotidien', 'Contrôle après intervention']) await physicist.getByLabel(name, { exact: true }).click();
  await physicist.getByLabel('Votre mot de passe').fill('pas celui-là');
  await press(physicist, 'Signer la remise en service');
  await physicist.getByText('Le mot de passe est incorrect.').waitFor();
  await physicist.getByLabel('Votre mot de passe').fill(PASSWORD);
  await press(physicist, 'Signer la remise en service');
  await physicist.getByText(/Remise en service signée par Test physicist/).waitFor();
  await expect.poll(() => textOf(row(technologist)), { timeout: 5000 }).not.toContain('Panne signalée');
});

it('the table of the year is what the department knows as cq_dashboard, and it walks by arrows', async () => {
  await board.goto(`${site.test.url}/cq_dashboard?type=CQH`);
  await board.waitForURL('**/qa/table?type=CQH');
  const cell = board.getByRole('button', { name: 'Versa HD 1, Semaine 46, Manqué, justifié, 1 remarque' });
  await cell.click();
  await board.getByRole('complementary', { name: 'Versa HD 1, Semaine 46' }).getByText('À refaire lundi.').waitFor();
  await cell.press('ArrowUp');
  expect(await textOf(board.locator(':focus .sr'))).toBe('Versa HD 1, Semaine 45, Fait');
  expect(await board.getByLabel('Nouvelle remarque').count()).toBe(0); // a coordinator only reads
});
