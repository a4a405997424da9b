import type { Locator, Page } from 'playwright-core';
import type { Dossier } from '#shared/dossiers/schemas.ts';
import type { Status } from '#shared/dossiers/statuses.ts';
import { PASSWORD } from '../server/testing/app.ts';

/** What people do on the pages, as they would say it. */

export const cardOf = (page: Page, id: string): Locator => page.locator(`[data-card="${id}"]`);
export const column = (page: Page, status: Status): Locator => page.locator(`[data-column="${status}"]`);
export const cardIn = (page: Page, status: Status, dossier: { id: string }): Locator =>
  column(page, status).locator(`[data-card="${dossier.id}"]`);
export const press = (page: Page | Locator, name: string | RegExp): Promise<void> => page.getByRole('button', { name }).click();

/** What stands there, every space a plain one. */
export async function textOf(place: Locator): Promise<string> {
  return ((await place.textContent()) ?? '').replaceAll(/\s+/g, ' ').trim();
}

export async function signIn(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Identifiant').fill(username);
  await page.getByLabel('Mot de passe', { exact: true }).fill(password);
  await press(page, 'Se connecter');
}

/** Signs an act in the dialog that is open. */
export async function sign(page: Page, password: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Votre mot de passe').fill(password);
  await dialog.getByRole('button', { name: 'Signer', exact: true }).click();
}

/** Opens the list of steps of a card. */
export async function openMoves(page: Page, dossier: { id: string }): Promise<Locator> {
  const card = cardOf(page, dossier.id);
  await card.hover(); // its button shows under the pointer, or with the focus
  await card.getByRole('button', { name: /^Déplacer/ }).click();
  const menu = page.getByRole('dialog');
  await menu.getByRole('listitem').first().waitFor();
  return menu;
}

/** Fills fields of a form by their labels. */
export async function fill(form: Page | Locator, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) await form.getByLabel(label, { exact: true }).fill(value);
}

/** Takes a card with the mouse to a column, and looks at the board before it lets go. */
export async function drag(
  page: Page,
  dossier: Dossier,
  target: Status,
  look: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const from = await cardOf(page, dossier.id).boundingBox();
  const to = await column(page, target).boundingBox();
  if (!from || !to) throw new Error('card or column is not on the screen');
  await page.mouse.move(from.x + from.width / 2, from.y + from.height - 8);
  await page.mouse.down();
  await page.mouse.move(from.x + from.width / 2 + 12, from.y + from.height, { steps: 3 });
  await page.mouse.move(to.x + to.width / 2, to.y + 160, { steps: 8 });
  await look();
  await page.mouse.up();
}
