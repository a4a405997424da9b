// What happens when a step may not be made, comes too late, is taken back, or finds no server.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Dossier } from '#shared/dossiers/schemas.ts';
import { startProxy } from '../server/testing/proxy.ts';
import { cardIn, cardOf, column, openMoves, press, textOf } from './acts.ts';
import { startSite, type Site } from './site.ts';

let site: Site;

beforeAll(async () => {
  site = await startSite({ heartbeatMs: 1000 });
});
afterAll(() => site.close());
afterEach(async () => {
  await Promise.all(site.browser.contexts().map((context) => context.close()));
  expect(site.complaints()).toEqual([]);
});

const ready = async (): Promise<Dossier> => site.staff.prepare(await site.staff.dossier());

describe('a move that may not be made', () => {
  it('is told with every condition, before it is tried and when it is', async () => {
    const dossier = await site.staff.dossier();
    const board = await site.open('oncologist', '/dossiers');
    const menu = await openMoves(board, dossier);
    expect(await menu.getByRole('button', { name: 'Passer en « Prescription validée »' }).isDisabled()).toBe(true);
    expect(await textOf(menu)).toContain('L’identité n’est pas vérifiée (manipulateur ou secrétariat)');
    expect(await textOf(menu)).toContain('Les examens ne sont pas importés (manipulateur)');
    const page = await site.open('oncologist', `/dossiers/${dossier.id}`);
    await press(page, 'Passer à « Prescription validée »');
    const refusal = page.locator('.refusal');
    await refusal.waitFor();
    expect(await textOf(refusal)).toContain('2 conditions manquent, rien n’a été enregistré');
    expect(await refusal.getByRole('listitem').count()).toBe(2);
    await site.staff.tick('technologist', dossier, 'identity_validated');
    await refusal.getByText('une condition manque').waitFor();
    await expect.poll(() => refusal.getByRole('listitem').count()).toBe(1);
  });

  it('tells the second of two people who was quicker, and what he did', async () => {
    const dossier = await ready();
    const [first, second] = [await site.open('oncologist', '/dossiers'), await site.open('oncologist', '/dossiers')];
    const held = Promise.withResolvers<() => Promise<void>>();
    await second.route('**/transition', (route) => held.resolve(() => route.continue()));
    await press(await openMoves(second, dossier), 'Passer en « Prescription validée »');
    const goOn = await held.promise; // he let go of the card; his request is on its way
    await press(await openMoves(first, dossier), 'Passer en « Prescription validée »');
    await cardIn(first, 'PRESCRIPTION_VALIDEE', dossier).waitFor();
    await goOn();
    const told = second.getByRole('alert').filter({ hasText: 'a changé entre-temps, rien n’a été enregistré' });
    await told.waitFor();
    const words = await textOf(told);
    expect(words).toMatch(/Test oncologist · Oncologue radiothérapeute · \d\d:\d\d:\d\d/);
    expect(words).toContain('déplacement « À préparer » vers « Prescription validée »');
    await cardIn(second, 'PRESCRIPTION_VALIDEE', dossier).waitFor();
  });

  it('asks the comment of a move back, and lists what it revokes', async () => {
    let dossier = await site.staff.dossierIn('PRESCRIPTION_VALIDEE');
    dossier = await site.staff.prepare(dossier);
    await site.staff.move('oncologist', dossier, 'CONTOURS_VALIDES');
    const page = await site.open('oncologist', '/dossiers');
    await press(await openMoves(page, dossier), 'Revenir en « Prescription validée »');
    const dialog = page.getByRole('dialog', { name: 'Revenir en « Prescription validée »' });
    await dialog.getByText('Prescription signée · signature révoquée').waitFor();
    await press(dialog, 'Confirmer le retour');
    await dialog.getByText('Un retour en arrière demande un motif.').waitFor();
    await dialog.getByLabel('Motif du retour').fill('Dose à revoir');
    await page.keyboard.press('Control+Enter');
    await cardIn(page, 'PRESCRIPTION_VALIDEE', dossier).waitFor();
    await page.goto(`${site.test.url}/dossiers/${dossier.id}`);
    await page.locator('#changes').getByText('« Dose à revoir »').waitFor();
    expect(await textOf(page.locator('#changes'))).toContain('Révoque : Prescription signée');
    expect(await textOf(page.locator('#signatures'))).toContain('Révoquée par Test oncologist');
  });
});

describe('one’s own last move', () => {
  it('is taken back from the card where it can be seen, and from a toast where it cannot', async () => {
    const [seen, closing] = [await ready(), await site.staff.prepare(await site.staff.dossierIn('EN_TRAITEMENT'))];
    const page = await site.open('oncologist', '/dossiers');
    await press(await openMoves(page, seen), 'Passer en « Prescription validée »');
    await cardIn(page, 'PRESCRIPTION_VALIDEE', seen)
      .getByRole('button', { name: /Annuler/ })
      .click();
    await cardIn(page, 'A_PREPARER', seen).waitFor();
    await press(await openMoves(page, closing), 'Passer en « Clôturé »');
    const toast = page.getByRole('status').filter({ hasText: 'Clôturé' });
    await press(toast, 'Annuler l’action');
    await cardIn(page, 'EN_TRAITEMENT', closing).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});

describe('the keyboard', () => {
  it('lifts a card with Space, chooses with arrows, drops with Space, and gives up with Escape', async () => {
    const dossier = await ready();
    const page = await site.open('oncologist', '/dossiers');
    await cardOf(page, dossier.id).getByRole('link').focus();
    const gate = column(page, 'PRESCRIPTION_VALIDEE').getByText('Déposer ici');
    await page.keyboard.press('Space');
    await gate.waitFor();
    await page.keyboard.press('Escape');
    await gate.waitFor({ state: 'detached' });
    await cardIn(page, 'A_PREPARER', dossier).waitFor();
    await page.keyboard.press('Space');
    await gate.waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    await cardIn(page, 'PRESCRIPTION_VALIDEE', dossier).waitFor();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-card]')?.dataset.card))
      .toBe(dossier.id);
    await page.keyboard.press('Space');
    const back = column(page, 'A_PREPARER').getByText('Motif demandé');
    await back.waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Space');
    await page.getByRole('dialog', { name: 'Revenir en « À préparer »' }).waitFor();
  });
});

describe('a server that cannot be reached', () => {
  it('stops writing, keeps what is typed, and is found again without a click', async () => {
    const proxy = await startProxy({ host: '127.0.0.1', port: Number(new URL(site.test.url).port) });
    const url = `http://127.0.0.1:${proxy.port}`;
    const dossier = await site.staff.dossier();
    const board = await site.open('technologist', '/dossiers', { url });
    const page = await site.open('oncologist', `/dossiers/${dossier.id}`, { url });
    await press(page, 'Rédiger la prescription');
    await page.getByLabel('Localisation').fill('Sein gauche');
    await cardIn(board, 'A_PREPARER', dossier).waitFor();
    proxy.cut();
    for (const one of [board, page]) await one.getByText('Le serveur ne répond plus depuis').waitFor();
    expect(await board.getByRole('button', { name: 'Nouveau dossier' }).isDisabled()).toBe(true);
    expect(
      await cardOf(board, dossier.id)
        .getByRole('button', { name: /Déplacer/ })
        .count(),
    ).toBe(0);
    expect(await page.getByRole('button', { name: 'Enregistrer' }).isDisabled()).toBe(true);
    const meanwhile = await site.staff.dossier();
    await site.staff.tick('technologist', dossier, 'identity_validated');
    proxy.restore();
    for (const one of [board, page]) await one.getByText('Le serveur ne répond plus depuis').waitFor({ state: 'detached' });
    await cardIn(board, 'A_PREPARER', meanwhile).waitFor();
    expect(await page.getByLabel('Localisation').inputValue()).toBe('Sein gauche');
    await expect.poll(() => page.getByRole('button', { name: 'Enregistrer' }).isDisabled()).toBe(false);
    await expect.poll(() => textOf(page.locator('main'))).toContain('Test technologist');
    await proxy.close();
  });
});
