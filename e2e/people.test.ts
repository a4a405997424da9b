// Accounts as the administrator makes them, and what each sees of the dossiers.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cardOf, column, fill, press, signIn, textOf } from './acts.ts';
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

describe('a new user', () => {
  it('gets a one-time password, chooses his own, and is out at once when he is disabled', async () => {
    await site.staff.dossier();
    const admin = await site.open('admin', '/admin/users/new');
    await fill(admin, { Identifiant: 'nouvelle', 'Nom affiché': 'Nouvelle Personne' });
    await admin.getByLabel('Manipulateur').check();
    await press(admin, 'Créer l’utilisateur');
    const secret = await admin.getByRole('textbox', { name: /^Mot de passe à usage unique/ }).inputValue();
    expect(secret.length).toBeGreaterThan(8);

    const page = await site.open(null, '/dossiers');
    await signIn(page, 'nouvelle', secret);
    await page.getByRole('heading', { name: 'Choisir un mot de passe' }).waitFor();
    await fill(page, { 'Mot de passe actuel': secret, 'Nouveau mot de passe': 'court', 'Nouveau mot de passe, encore': 'court' });
    await press(page, 'Changer le mot de passe');
    await page.getByText(/Il faut au moins \d+ caractères/).waitFor();
    const chosen = 'une phrase à elle seule';
    await fill(page, { 'Nouveau mot de passe': chosen, 'Nouveau mot de passe, encore': chosen });
    await press(page, 'Changer le mot de passe');
    await column(page, 'A_PREPARER').waitFor();

    await press(admin, 'C’est noté');
    await press(admin, 'Désactiver');
    await page.getByRole('heading', { name: 'Poste verrouillé' }).waitFor({ timeout: 3000 });
    await page.getByText('Votre session a pris fin sur le serveur.').waitFor();
    expect(await page.locator('[data-card]').first().isVisible()).toBe(false);
    await page.getByLabel('Mot de passe', { exact: true }).fill(chosen);
    await press(page, 'Se connecter');
    await page.getByText('Identifiant ou mot de passe incorrect.').waitFor();
    await admin.goto(`${site.test.url}/admin/audit`);
    for (const act of ['Utilisateur créé', 'A changé son mot de passe', 'Utilisateur désactivé', 'Connexion refusée'])
      await admin.getByRole('cell', { name: act }).first().waitFor();
  });

  it('sees the rights of every role as the code has them', async () => {
    const admin = await site.open('admin', '/admin/rights');
    const row = admin.getByRole('row', { name: /Mettre un feu à la main/ });
    await row.waitFor();
    expect(await admin.getByRole('columnheader').count()).toBe(9);
    expect(await row.getByRole('img', { name: 'Oui' }).count()).toBe(1);
  });
});

describe('the secretary', () => {
  it('sees whose dossier it is and where it stands, and no clinical content', async () => {
    const dossier = await site.staff.dossierIn('PLAN_VALIDE');
    const received: string[] = [];
    const page = await site.open('secretary', '/dossiers');
    page.on('response', (response) => {
      if (response.url().includes('/api/'))
        void response.text().then(
          (text) => received.push(text),
          () => undefined,
        );
    });
    await cardOf(page, dossier.id).getByRole('link').click();
    await page.getByRole('heading', { name: /ESSAI/ }).waitFor();
    await page.locator('#changes').getByText('crée le dossier').waitFor();
    expect(await page.locator('#prescription, #plan, #sessions').count()).toBe(0);
    expect(await page.getByRole('button', { name: /Passer à|Signer|Revenir/ }).count()).toBe(0);
    const words = [await textOf(page.locator('body')), ...received].join('\n');
    for (const clinical of ['VMAT', 'Rectum', 'V60']) expect(words).not.toContain(clinical);
  });
});

describe('the filters of the board', () => {
  it('let through by priority, machine, pathology, blocked, mine and search, and stand in the address', async () => {
    const urgent = await site.staff.dossier({ priority: 'urgent', pathology: 'Sein' });
    const other = await site.staff.dossier({ machineId: 'versa-hd-2', pathology: 'ORL' });
    const blocked = await site.staff.dossierIn('PRET_POUR_TRAITEMENT');
    await site.staff.light('red');
    const three = [urgent, other, blocked];
    const page = await site.open('technologist', '/dossiers');
    const among = async () => {
      const shown = await page.locator('[data-card]').evaluateAll((cards) => cards.map((card) => card.getAttribute('data-card')));
      return three.map(({ id }) => shown.includes(id));
    };
    const expectShown = (...which: boolean[]) => expect.poll(among, { timeout: 5000 }).toEqual(which);
    await expectShown(true, true, true);
    await page.getByLabel('Priorité', { exact: true }).selectOption('urgent');
    await expectShown(true, false, false);
    expect(page.url()).toContain('priority=urgent');
    await page.reload();
    await expectShown(true, false, false);
    await press(page, 'Effacer les filtres');
    await page.getByLabel('Machine', { exact: true }).selectOption('versa-hd-2');
    await expectShown(false, true, false);
    await press(page, 'Effacer les filtres');
    await page.getByLabel('Pathologie', { exact: true }).selectOption('Sein');
    await expectShown(true, false, false);
    await press(page, 'Effacer les filtres');
    await press(page, /^Bloqués/);
    await expectShown(false, false, true);
    await press(page, /^À moi/);
    await expectShown(false, false, true); // the technologist makes the step into treatment
    await press(page, /^Tous/);
    await page.getByLabel('Rechercher un dossier : numéro, IPP, nom').fill(urgent.patient.lastName.toLowerCase());
    await expectShown(true, false, false);
    expect(page.url()).not.toContain(urgent.patient.lastName.toLowerCase()); // a name stays out of the address
    await page.getByLabel('Rechercher un dossier : numéro, IPP, nom').fill('personne de ce nom');
    await page.getByText('Aucun dossier ne correspond à votre recherche').waitFor();
  });
});
