// The server is killed and started again: every wall and every board says so, and comes back by itself.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Dossier } from '#shared/dossiers/schemas.ts';
import { askPairingCall, openScreenCall, pollPairingCall } from '#shared/screens/api.ts';
import { clientOf, signedIn } from '../server/testing/app.ts';
import { Department } from '../server/testing/dossiers.ts';
import { freePort, startProcess, type ServerProcess } from '../server/testing/process.ts';
import { cardIn, press, textOf } from './acts.ts';
import { BROWSER, FLAGS } from './browser.ts';
import { listenTo, openPage } from './site.ts';

const LISTENING_MS = 15_000;
let dataDir: string;
let port: number;
let server: ServerProcess;
let browser: Browser;
let staff: Department;
let dossier: Dossier;
let wall: Page;
let board: Page;
let draft: Page;
const complaints: string[] = [];

const start = (env: Record<string, string> = {}) => startProcess(port, dataDir, { WITH_CLIENT: 'yes', ...env });
/** The people, signed in anew: their sessions live in the database, but these clients are made for one server. */
const people = () => new Department({ as: (role) => signedIn(server.url, role) });
const fresh = (page: Page) => page.evaluate(() => document.querySelector('.wall, html')?.getAttribute('data-fresh') ?? 'fresh');

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'vigie-e2e-'));
  port = await freePort();
  server = await start();
  staff = people();
  dossier = await staff.dossier();
  browser = await chromium.launch({ executablePath: BROWSER, args: FLAGS });
  const screen = clientOf(server.url);
  const { code, secret } = await screen.call(askPairingCall);
  const admin = await staff.as('admin');
  await admin.call(openScreenCall, { body: { code, name: 'Salle de staff', level: 1 } });
  await screen.call(pollPairingCall, { body: { secret } });
  const open = async (client: typeof screen, at: string, size = { width: 1440, height: 900 }) => {
    const page = await openPage(browser, server.url, client, { viewport: size });
    listenTo(page, complaints);
    await page.goto(`${server.url}${at}`);
    return page;
  };
  wall = await open(screen, '/wall', { width: 1920, height: 1080 });
  board = await open(await signedIn(server.url, 'coordinator'), '/dossiers');
  draft = await open(await signedIn(server.url, 'oncologist'), `/dossiers/${dossier.id}`);
});
afterAll(async () => {
  await browser.close();
  await server.kill();
  await rm(dataDir, { recursive: true, force: true });
  expect(complaints).toEqual([]);
});

const preparing = () => wall.locator('.count').filter({ hasText: 'À préparer' }).locator('.n');

it('after a kill the wall shows the banner over the whole screen within 35 s, with the colours taken away', async () => {
  await expect.poll(() => textOf(preparing()), { timeout: 10_000 }).toBe('1');
  await cardIn(board, 'A_PREPARER', dossier).waitFor();
  await press(draft, 'Rédiger la prescription');
  await draft.getByLabel('Localisation').fill('Sein gauche');
  await server.kill();
  const killedAt = Date.now();
  await wall.getByRole('alert').getByText('Serveur muet depuis').waitFor({ timeout: 35_000 });
  expect(Date.now() - killedAt).toBeLessThan(35_000);
  expect(await fresh(wall)).toBe('old');
  const banner = await wall.getByRole('alert').boundingBox();
  expect(banner?.width).toBeGreaterThan(1800);
  const colours = await wall.evaluate(() => {
    const style = getComputedStyle(document.querySelector('.wall') ?? document.documentElement);
    return ['--done', '--late', '--pending', '--lost'].map((name) => style.getPropertyValue(name));
  });
  expect(new Set(colours).size).toBe(1); // every state is one grey
  await board.getByText('Le serveur ne répond plus depuis').waitFor();
  await expect.poll(() => fresh(board), { timeout: 35_000 }).toBe('old');
});

it('within 15 s of listening again, wall and board show the state of the server and follow it, without a click', async () => {
  server = await start();
  const listeningAt = Date.now();
  staff = people();
  const added = await staff.dossier();
  await expect.poll(() => textOf(preparing()), { timeout: LISTENING_MS }).toBe('2');
  await cardIn(board, 'A_PREPARER', added).waitFor({ timeout: LISTENING_MS });
  await expect.poll(() => fresh(wall), { timeout: LISTENING_MS }).toBe('fresh');
  await expect.poll(() => fresh(board), { timeout: LISTENING_MS }).toBe('fresh');
  console.info('back after listening, ms:', Date.now() - listeningAt);
  expect(Date.now() - listeningAt).toBeLessThan(LISTENING_MS);
  const moved = await staff.move('oncologist', await staff.prepare(added), 'PRESCRIPTION_VALIDEE');
  await cardIn(board, 'PRESCRIPTION_VALIDEE', moved).waitFor({ timeout: 3000 });
  await expect.poll(() => textOf(preparing()), { timeout: 3000 }).toBe('1');
  expect(await draft.getByLabel('Localisation').inputValue()).toBe('Sein gauche');
});

it('when another build is served, wall and board load it by themselves, and a page with unsaved words waits for its person', async () => {
  const loads = { wall: 0, board: 0, draft: 0 };
  for (const [name, page] of Object.entries({ wall, board, draft })) page.on('load', () => (loads[name as keyof typeof loads] += 1));
  await server.kill();
  server = await start({ OTHER_BUILD: 'the-next-build' });
  await expect.poll(() => loads, { timeout: 20_000 }).toMatchObject({ wall: 1, board: 1 });
  await draft.getByText('Une nouvelle version est prête.').waitFor({ timeout: LISTENING_MS });
  expect(loads.draft).toBe(0);
  expect(await draft.getByLabel('Localisation').inputValue()).toBe('Sein gauche');
  await press(draft, 'Abandonner');
  await expect.poll(() => loads.draft, { timeout: 5000 }).toBe(1);
  await cardIn(board, 'A_PREPARER', dossier).waitFor();
  expect(loads).toEqual({ wall: 1, board: 1, draft: 1 }); // once, not for ever
});
