// A screen on a wall: opened by its code, read at four metres, without anything that names a person.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { Dossier } from '#shared/dossiers/schemas.ts';
import { press, textOf } from './acts.ts';
import { seedDossiers } from './seed.ts';
import { startSite, type Site } from './site.ts';
import { sizesOfTexts } from './sizes.ts';

const FULL_HD = { viewport: { width: 1920, height: 1080 } };
const PATHOLOGY = 'Adénocarcinome très particulier';

let site: Site;
let screen: Page;
let blocked: Dossier;
/** All that the screen received, over HTTP and over its socket. */
const received: string[] = [];

beforeAll(async () => {
  site = await startSite({ heartbeatMs: 1000 });
  await site.staff.dossier({ pathology: PATHOLOGY });
  blocked = await site.staff.dossierIn('EN_TRAITEMENT');
  screen = await site.open(null, '/sign-in', FULL_HD);
  screen.on('response', (response) => {
    if (!response.url().includes('/_app/'))
      void response.text().then(
        (text) => received.push(text),
        () => undefined,
      );
  });
  screen.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => received.push(String(payload))));
});
afterAll(() => site.close());
afterEach(() => expect(site.complaints()).toEqual([]));

const count = (status: string) => screen.locator('.count').filter({ hasText: status }).locator('.n');
const strips = () => screen.locator('section li').filter({ has: screen.locator('.why') });

it('shows a code, is opened with it by an administrator, and goes to the wall by itself', async () => {
  await screen.getByRole('link', { name: 'Associer un écran mural' }).click();
  const shown = screen.locator('p.code');
  await shown.waitFor();
  const code = await textOf(shown);
  expect(code).toMatch(/^[A-Z0-9]{6}$/);
  const admin = await site.open('admin', '/admin/screens');
  await admin.getByLabel('Code affiché par l’écran').fill(code);
  await admin.getByLabel('Nom de l’écran').fill('Salle de staff');
  await press(admin, 'Ouvrir l’écran');
  await admin.getByRole('row', { name: /Salle de staff/ }).waitFor();
  await screen.waitForURL('**/wall');
  await count('En traitement').waitFor();
  expect(await textOf(count('En traitement'))).toBe('1');
  await admin.context().close();
});

it('follows counts, lights and blocked dossiers as they change', async () => {
  await screen.getByText('Aucun dossier bloqué').waitFor();
  await site.staff.light('red');
  await screen.getByText('1 bloqué', { exact: true }).waitFor();
  const strip = strips().first();
  expect(await textOf(strip)).toMatch(new RegExp(String.raw`^[A-Z]\. [A-Z]\. · ${blocked.number}`));
  expect(await textOf(strip)).toContain('Versa HD 1 : bloquée');
  const light = screen.getByRole('listitem').filter({ hasText: 'Versa HD 1' }).filter({ hasText: 'contrôle du matin' });
  expect(await textOf(light)).toContain('Bloquée');
  await site.staff.dossier({ pathology: PATHOLOGY });
  await expect.poll(() => textOf(count('À préparer')), { timeout: 3000 }).toBe('2');
  await site.staff.light('green');
  await screen.getByText('Aucun dossier bloqué').waitFor();
  await site.staff.move('oncologist', await site.staff.prepare(await site.staff.dossier({ pathology: PATHOLOGY })), 'PRESCRIPTION_VALIDEE');
  await expect.poll(() => textOf(count('Prescription validée')), { timeout: 3000 }).toBe('1');
});

it('counts what does not fit when sixty dossiers are blocked', async () => {
  await site.staff.light('red');
  await seedDossiers([{ status: 'PLAN_EN_REVUE', count: 59, overdue: true }]);
  await screen.reload();
  await screen.getByText('60 bloqués', { exact: true }).waitFor();
  expect(await strips().locator('b').count()).toBeGreaterThanOrEqual(3);
  await screen.getByText('et 57 autres', { exact: true }).waitFor();
  expect(await textOf(count('Plan en revue'))).toBe('59');
});

it('can be read at four metres: nothing under 28 px, 44 px for what decides, 92 px for counts', async () => {
  const all = await screen.evaluate(sizesOfTexts, 'body');
  expect(all.length).toBeGreaterThan(30);
  expect(all.filter(({ px }) => px < 28)).toEqual([]);
  const deciding = await screen.evaluate(sizesOfTexts, 'section li .state, section li b');
  expect(deciding.map(({ text }) => text)).toContain('Bloquée');
  const names = deciding.filter(({ text }) => /·/.test(text));
  expect(names.length).toBe(3);
  const words = deciding.filter(({ text }) => /Bloquée|Inconnue/.test(text));
  expect([...names, ...words].filter(({ px }) => px < 44)).toEqual([]);
  const counts = await screen.evaluate(sizesOfTexts, '.count .n');
  expect(counts.map(({ px }) => px)).toEqual(Array.from({ length: 9 }, () => 92));
  const size = await screen.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]);
  expect(size).toEqual([1920, 1080]); // never scrolled
});

it('was never sent a name, an IPP, a birth date or a pathology', async () => {
  const everything = [await screen.content(), ...received].join('\n').toLowerCase();
  expect(received.some((text) => text.includes('wall:dossier'))).toBe(true);
  expect(everything).toContain(blocked.machine?.name.toLowerCase());
  const { lastName, firstName, ipp, birthDate } = blocked.patient;
  for (const secret of [lastName, firstName, ipp, birthDate, 'essai', 'nombreux', 'prénom', PATHOLOGY, 'sein', 'prostate', '1950-01-01'])
    expect(everything, secret).not.toContain(secret.toLowerCase());
});

it('goes back to its code, by itself, when the administrator closes it', async () => {
  const admin = await site.open('admin', '/admin/screens');
  await press(admin, 'Fermer l’écran');
  await admin.getByRole('dialog').getByRole('button', { name: 'Fermer l’écran' }).click();
  await screen.waitForURL('**/screen');
  await screen.locator('p.code').waitFor();
});
