// Two thousand dossiers on one board.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { STATUSES, type Status } from '#shared/dossiers/statuses.ts';
import { column, textOf } from './acts.ts';
import { seedDossiers } from './seed.ts';
import { startSite, type Site } from './site.ts';

const MOST_CARDS = 300;
const COUNTS: Partial<Record<Status, number>> = {
  A_PREPARER: 400,
  PRESCRIPTION_VALIDEE: 350,
  CONTOURS_VALIDES: 250,
  PLAN_EN_REVUE: 250,
  A_REPRENDRE_CONTOURAGE: 50,
  PLAN_VALIDE: 200,
  PRET_POUR_TRAITEMENT: 100,
  EN_TRAITEMENT: 400,
};
const open = STATUSES.flatMap((status) => (COUNTS[status] === undefined ? [] : [{ status, count: COUNTS[status] }]));

let site: Site;

beforeAll(async () => {
  site = await startSite();
  await seedDossiers(open.map((one) => ({ ...one, overdue: one.status === 'PLAN_EN_REVUE' })));
});
afterAll(() => site.close());

it('counts every column right, and never holds more than 300 cards wherever one scrolls', async () => {
  const page = await site.open('coordinator', '/dossiers');
  for (const { status, count } of open)
    await expect.poll(() => textOf(column(page, status).locator('.cnt b')), { timeout: 20_000 }).toBe(String(count));
  await page.getByText('2 000 en cours').waitFor();
  const painted = await page.evaluate(() =>
    performance.getEntriesByType('paint').map(({ name, startTime }) => [name, Math.round(startTime)]),
  );
  console.info('first paint with 2,000 dossiers, ms:', Object.fromEntries(painted));
  const cards = () => page.locator('[data-card]').count();
  expect(await cards()).toBeGreaterThan(20);
  expect(await cards()).toBeLessThanOrEqual(MOST_CARDS);
  for (const { status, count } of open) {
    const stack = column(page, status).locator('[data-stack]');
    for (const part of [0.25, 0.5, 0.75, 1]) {
      await stack.evaluate((element, share) => element.scrollTo(0, share * element.scrollHeight), part);
      expect(await cards()).toBeLessThanOrEqual(MOST_CARDS);
    }
    await column(page, status).locator(`li[aria-posinset="${count}"]`).waitFor(); // the last one can be reached
    expect(await cards()).toBeLessThanOrEqual(MOST_CARDS);
  }
  const found = page.getByLabel('Rechercher un dossier : numéro, IPP, nom');
  await found.fill('1234');
  await page.getByText('1 sur 2 000 en cours').waitFor();
  expect(await cards()).toBe(1);
  expect(site.complaints()).toEqual([]);
});

it('shows the change of one among them at once', async () => {
  const page = await site.open('coordinator', '/dossiers');
  await expect.poll(() => textOf(column(page, 'A_PREPARER').locator('.cnt b')), { timeout: 20_000 }).toBe('400');
  await site.staff.dossier();
  await expect.poll(() => textOf(column(page, 'A_PREPARER').locator('.cnt b')), { timeout: 2000 }).toBe('401');
  expect(site.complaints()).toEqual([]);
});
