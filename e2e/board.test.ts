import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cardIn, drag } from './acts.ts';
import { startSite, type Site } from './site.ts';

let site: Site;

beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());
afterEach(() => expect(site.complaints()).toEqual([]));

describe('the board, in two windows', () => {
  it('shows a dossier that one person creates to the other within a second', async () => {
    await site.staff.dossier(); // an empty board shows no columns
    const technologist = await site.open('technologist', '/dossiers');
    const oncologist = await site.open('oncologist', '/dossiers');
    await oncologist.locator('[data-column="A_PREPARER"]').waitFor();
    await oncologist.waitForTimeout(800); // the board follows its topics
    const dossier = await site.staff.dossier({ pathology: 'Prostate' });
    await cardIn(technologist, 'A_PREPARER', dossier).waitFor({ timeout: 1000 });
    await cardIn(oncologist, 'A_PREPARER', dossier).waitFor({ timeout: 1000 });
    await Promise.all([technologist.context().close(), oncologist.context().close()]);
  });

  it('refuses a drag with every condition in words, then moves it on every screen', async () => {
    const dossier = await site.staff.dossier();
    const oncologist = await site.open('oncologist', '/dossiers');
    const coordinator = await site.open('coordinator', '/dossiers');
    await cardIn(oncologist, 'A_PREPARER', dossier).waitFor();
    await drag(oncologist, dossier, 'PRESCRIPTION_VALIDEE', async () => {
      const gate = oncologist.locator('[data-column="PRESCRIPTION_VALIDEE"]');
      await expect.poll(() => gate.textContent()).toContain('L’identité n’est pas vérifiée');
      expect(await gate.textContent()).toContain('Les examens ne sont pas importés');
    });
    await oncologist.waitForTimeout(500);
    await cardIn(oncologist, 'A_PREPARER', dossier).waitFor();

    await site.staff.prepare(dossier);
    await oncologist.waitForTimeout(500);
    await drag(oncologist, dossier, 'PRESCRIPTION_VALIDEE');
    await cardIn(oncologist, 'PRESCRIPTION_VALIDEE', dossier).waitFor();
    await cardIn(coordinator, 'PRESCRIPTION_VALIDEE', dossier).waitFor({ timeout: 1000 });
    await Promise.all([oncologist.context().close(), coordinator.context().close()]);
  });

  it('marks the dossiers in treatment as blocked on every screen as soon as their machine turns red', async () => {
    const dossier = await site.staff.dossierIn('EN_TRAITEMENT');
    const page = await site.open('physicist', '/dossiers');
    const card = cardIn(page, 'EN_TRAITEMENT', dossier);
    await card.waitFor();
    expect(await card.textContent()).not.toContain('Versa HD 1 ne peut pas traiter');
    await site.staff.light('red');
    await expect.poll(() => card.textContent(), { timeout: 1000 }).toContain('ne peut pas traiter');
    await site.staff.light('green');
    await expect.poll(() => card.textContent(), { timeout: 1000 }).not.toContain('ne peut pas traiter');
    await page.context().close();
  });
});
