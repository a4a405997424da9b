// The frame around every page: who is here, what he may open, in which language, with which keys.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { ensureUser } from '#server/domains/accounts/index.ts';
import { PASSWORD } from '../server/testing/app.ts';
import { cardOf, press, signIn, textOf } from './acts.ts';
import { startSite, type Site } from './site.ts';

let site: Site;
let card: string;

beforeAll(async () => {
  site = await startSite({ heartbeatMs: 1000 });
  card = (await site.staff.dossier({ pathology: 'Prostate' })).id;
});
afterAll(() => site.close());
afterEach(async () => {
  await Promise.all(site.browser.contexts().map((context) => context.close()));
  expect(site.complaints()).toEqual([]);
});

const bar = (page: Page) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allTextContents();
const openMenu = (page: Page) => page.getByTitle('Menu de l’utilisateur').click();

describe('signing in', () => {
  it('says a wrong password under its field, and then leads where one wanted to go', async () => {
    const page = await site.open(null, `/dossiers/${card}`);
    await page.waitForURL('**/sign-in?next=**');
    await signIn(page, 'oncologist', 'not his password');
    const field = page.getByLabel('Mot de passe', { exact: true });
    await page.getByText('Identifiant ou mot de passe incorrect.').waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    const error = await page.getByRole('alert').getAttribute('id');
    expect(await field.getAttribute('aria-describedby')).toContain(error);
    await signIn(page, 'oncologist');
    await page.waitForURL(`**/dossiers/${card}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
  });

  it('lets a person with several roles choose one, and gives him its rights at once', async () => {
    await ensureUser(site.test.ctx, { username: 'two', name: 'Deux Rôles', roles: ['physicist', 'oncologist'], password: PASSWORD });
    const page = await site.open(null, '/qa');
    await signIn(page, 'two');
    const set = page.getByRole('button', { name: 'Versa HD 1 : mettre conforme' });
    await set.waitFor();
    await openMenu(page);
    await page.getByLabel('Oncologue radiothérapeute').check();
    await set.waitFor({ state: 'detached' });
    await expect.poll(() => textOf(page.getByTitle('Menu de l’utilisateur'))).toContain('Oncologue radiothérapeute');
  });

  it('ends with signing out: the page is closed, and so is the way back', async () => {
    const page = await site.open('physicist', '/dossiers');
    await cardOf(page, card).waitFor();
    await openMenu(page);
    await press(page, 'Se déconnecter');
    await page.waitForURL('**/sign-in');
    await page.goBack();
    await page.getByLabel('Identifiant').waitFor();
    expect(await page.locator('[data-card]').count()).toBe(0);
  });
});

describe('a shared console', () => {
  it('is locked after five idle minutes, and the next person signs in over it', async () => {
    const page = await site.open(null, '/sign-in');
    await page.clock.install();
    await page.goto(`${site.test.url}/sign-in?next=/dossiers`);
    await signIn(page, 'oncologist');
    await cardOf(page, card).waitFor();
    await page.mouse.move(300, 300);
    await page.clock.fastForward('04:40');
    expect(await page.getByRole('heading', { name: 'Poste verrouillé' }).count()).toBe(0);
    await page.clock.fastForward('00:30');
    await page.getByRole('heading', { name: 'Poste verrouillé' }).waitFor();
    expect(await cardOf(page, card).isVisible()).toBe(false);
    expect(await textOf(page.getByRole('main').last())).toContain('Poste utilisé par Test oncologist.');
    await signIn(page, 'coordinator');
    await cardOf(page, card).waitFor();
    await expect.poll(() => textOf(page.getByTitle('Menu de l’utilisateur'))).toContain('Test coordinator');
    await openMenu(page);
    await press(page, 'Changer d’utilisateur');
    await signIn(page, 'manager'); // he may not see dossiers: he begins where his role does
    await page.waitForURL('**/qa');
    expect(await page.locator('[data-card]').count()).toBe(0);
  });
});

describe('pages', () => {
  it('that a role may not open are absent from its bar, and refused in words when their address is typed', async () => {
    const manager = await site.open('manager', '/');
    await manager.waitForURL('**/qa');
    const clinical = ['Dossiers', 'Patients'];
    const names = await bar(manager);
    expect(names).toEqual(expect.arrayContaining(['Machines', 'Administration']));
    for (const name of clinical) expect(names).not.toContain(name);
    await manager.goto(`${site.test.url}/dossiers`);
    await manager.getByText('Votre rôle n’ouvre pas cette page.').first().waitFor();
    await manager.goto(`${site.test.url}/admin/users`);
    await manager.getByText('Votre rôle n’ouvre pas cette page.').first().waitFor();
    const physicist = await site.open('physicist', '/admin/audit');
    await physicist.getByText('Votre rôle n’ouvre pas cette page.').first().waitFor();
    expect(await bar(physicist)).toEqual(expect.arrayContaining(clinical));
    expect(await bar(physicist)).not.toContain('Administration');
    const admin = await site.open('admin', '/');
    await admin.waitForURL('**/admin/**');
    for (const name of clinical) expect(await bar(admin)).not.toContain(name);
    await admin.goto(`${site.test.url}/nowhere`);
    await admin.getByText('Cette page n’existe pas.').first().waitFor();
  });

  it('change language and theme at once, and remember both', async () => {
    const page = await site.open('oncologist', '/dossiers');
    await cardOf(page, card).waitFor();
    await openMenu(page);
    await page.getByText('English', { exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Dossiers' }).waitFor();
    await page.getByRole('heading', { name: /^To prepare/ }).waitFor();
    await page.getByText('Dark', { exact: true }).click();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await page.reload();
    await page.getByRole('heading', { name: /^To prepare/ }).waitFor();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
  });

  it('fit a phone: the bar with its menu, and no page wider than the screen', async () => {
    const page = await site.open('technologist', '/dossiers', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    for (const path of ['/dossiers', `/dossiers/${card}`, '/patients', '/qa', '/account']) {
      await page.goto(`${site.test.url}${path}`);
      await page.locator('h1').first().waitFor();
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), { message: path }).toBe(390);
    }
    const menu = await page.getByTitle('Menu de l’utilisateur').boundingBox();
    expect((menu?.x ?? 999) + (menu?.width ?? 0)).toBeLessThanOrEqual(390);
    await openMenu(page);
    await press(page, 'Se déconnecter');
    await page.waitForURL('**/sign-in');
  });

  it('answer their keys: help, search, new, and g with a letter', async () => {
    const page = await site.open('technologist', '/dossiers');
    await cardOf(page, card).waitFor();
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Raccourcis clavier' });
    await help.waitFor();
    expect(await textOf(help)).toContain('Aller à Patients');
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
    await page.keyboard.press('/');
    const search = page.getByLabel('Rechercher un dossier : numéro, IPP, nom');
    await expect.poll(() => search.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await search.inputValue()).toBe('');
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.getByRole('dialog', { name: 'Nouveau dossier' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    for (const [letter, path] of [
      ['m', '/qa'],
      ['p', '/patients'],
      ['d', '/dossiers'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(letter);
      await page.waitForURL(`**${path}`);
    }
  });
});
