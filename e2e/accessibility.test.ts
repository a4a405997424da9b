// No page has a serious or critical violation that axe can find, light or dark, in French or in English.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dossier } from '#shared/dossiers/schemas.ts';
import { justifyCall, reportFaultCall, uploadCsvCall, writeRemarkCall } from '#shared/qa/api.ts';
import type { Role } from '#shared/roles.ts';
import { ensureMachine } from '#server/domains/machines/index.ts';
import { askPairingCall, openScreenCall, pollPairingCall } from '#shared/screens/api.ts';
import { cardOf } from './acts.ts';
import { openPage, startSite, type Site } from './site.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LOCALES = ['fr', 'en'] as const;

let site: Site;
let prescribed: Dossier;
let treated: Dossier;
let refused: Dossier;
const pages = new Map<string, Page>();

beforeAll(async () => {
  site = await startSite({ heartbeatMs: 1000 });
  refused = await site.staff.dossier({ priority: 'urgent', pathology: 'Sein' });
  await site.staff.dossierIn('PLAN_VALIDE');
  treated = await site.staff.dossierIn('EN_TRAITEMENT');
  treated = await site.staff.treat(treated);
  prescribed = await site.staff.prescribe(await site.staff.dossierIn('PRESCRIPTION_VALIDEE'));
  await site.staff.light('red', 'versa-hd-2');
  await controls();
  const screen = site.test.anonymous();
  const { code, secret } = await screen.call(askPairingCall);
  const admin = await site.staff.as('admin');
  await admin.call(openScreenCall, { body: { code, name: 'Salle de staff', level: 1 } });
  await screen.call(pollPairingCall, { body: { secret } });
  for (const locale of LOCALES) {
    const page = await openPage(site.browser, site.test.url, screen, { viewport: { width: 1920, height: 1080 } });
    await page.addInitScript((word) => localStorage.setItem('vigie.locale', word), locale);
    pages.set(`wall ${locale}`, page);
  }
});
afterAll(() => site.close());

/** A machine with controls of quality control, one week of which was missed, justified and remarked upon. */
async function controls(): Promise<void> {
  await ensureMachine(site.test.ctx, {
    id: 'linac',
    name: 'Linac',
    shortName: 'LIN',
    colour: '#1976D2',
    kind: 'linac',
    artiscanObjectId: 145,
    qaTypes: ['CQH', 'CQM'],
  });
  const physicist = await site.staff.as('physicist');
  const rows = ['1;145;66;CQ hebdo;2026-10-27 07:30:00', '2;145;66;CQ hebdo;2026-11-03 07:30:00', '3;145;500;Autre;2026-11-04 07:30:00'];
  const text = ['Id_ControleStudy;Id_Object;Id_UserModule;Name;StudyDate', ...rows].join('\n');
  await physicist.call(uploadCsvCall, { body: { name: 'export.csv', base64: Buffer.from(text).toString('base64') } });
  const period = { machine: 'linac', type: 'CQH', period: '2026-11-09' } as const;
  await physicist.call(justifyCall, { body: { ...period, text: 'Semaine de quatre jours.' } });
  await physicist.call(writeRemarkCall, { body: { ...period, text: 'À refaire.' } });
  await physicist.call(reportFaultCall, { params: { machineId: 'linac' }, body: { why: 'Imagerie' } });
}

/** A window of a role in a language, the same for every page of it. */
async function windowOf(role: Role | null, locale: string): Promise<Page> {
  const name = `${role} ${locale}`;
  const known = pages.get(name);
  if (known) return known;
  const page = await site.open(role, '/robots.txt', { reducedMotion: 'reduce' });
  await page.addInitScript((word) => localStorage.setItem('vigie.locale', word), locale);
  pages.set(name, page);
  return page;
}

/** What axe finds wrong on a page, serious or critical, each with where. */
async function violations(page: Page, options: RunOptions): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate(async (run) => {
    const { axe } = window as unknown as { axe: { run(context: Document, options: RunOptions): Promise<AxeResults> } }; // injected just above
    return (await axe.run(document, run)).violations;
  }, options);
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary ?? ''}`));
}

/** Looks at what is in view in both themes: all rules in one of them, those of colour in the other. */
async function look(page: Page, locale: string): Promise<void> {
  const all: RunOptions = { resultTypes: ['violations'] };
  const colours: RunOptions = { ...all, runOnly: ['color-contrast'] };
  for (const theme of ['light', 'dark'] as const) {
    await page.evaluate((name) => (document.documentElement.dataset.theme = name), theme);
    const whole = (theme === 'light') === (locale === 'fr');
    expect(await violations(page, whole ? all : colours), `${page.url()} ${theme} ${locale}`).toEqual([]);
  }
}

interface View {
  name: string;
  role: Role | null;
  path: () => string;
  /** What must be there before one looks. */
  there: string;
  /** What is opened on it. */
  open?: (page: Page) => Promise<void>;
}

const VIEWS: View[] = [
  { name: 'sign-in', role: null, path: () => '/sign-in', there: 'form' },
  { name: 'screen', role: null, path: () => '/screen', there: 'p.code' },
  { name: 'board', role: 'technologist', path: () => '/dossiers', there: '[data-card]' },
  { name: 'new dossier', role: 'technologist', path: () => '/dossiers', there: '[data-card]', open: (page) => page.keyboard.press('n') },
  {
    name: 'moves of a card',
    role: 'oncologist',
    path: () => '/dossiers',
    there: '[data-card]',
    open: async (page) => {
      await cardOf(page, refused.id).getByRole('link').focus();
      await page.keyboard.press('m');
      await page.locator('[role="dialog"] li').first().waitFor();
    },
  },
  { name: 'a dossier to sign', role: 'oncologist', path: () => `/dossiers/${prescribed.id}`, there: '#signatures' },
  {
    name: 'signing',
    role: 'oncologist',
    path: () => `/dossiers/${prescribed.id}`,
    there: '#signatures',
    open: (page) => page.getByRole('button', { name: /^(Signer|Sign)…$/ }).click(),
  },
  { name: 'a dossier in treatment', role: 'technologist', path: () => `/dossiers/${treated.id}`, there: '#sessions' },
  { name: 'a dossier for the secretary', role: 'secretary', path: () => `/dossiers/${treated.id}`, there: '#signatures' },
  { name: 'patients', role: 'technologist', path: () => '/patients', there: 'table' },
  { name: 'new patient', role: 'technologist', path: () => '/patients/new', there: 'form input' },
  { name: 'a patient', role: 'technologist', path: () => `/patients/${treated.patient.id}`, there: 'h2' },
  { name: 'machines', role: 'physicist', path: () => '/qa', there: 'table', open: (page) => page.locator('button.set').first().click() },
  { name: 'a machine’s year', role: 'physicist', path: () => '/qa?machine=linac&period=CQH.2026-11-09', there: 'aside h3' },
  {
    name: 'a fault in one tap',
    role: 'technologist',
    path: () => '/qa',
    there: 'table',
    open: (page) => page.locator('button.fault').last().click(),
  },
  { name: 'table of a year', role: 'physicist', path: () => '/qa/table?machine=linac&period=CQH.2026-11-09', there: 'aside h3' },
  { name: 'rates', role: 'physicist', path: () => '/qa/rates', there: 'canvas' },
  { name: 'calendar', role: 'physicist', path: () => '/qa/calendar?day=2026-11-03', there: 'table' },
  { name: 'calendar of a week', role: 'physicist', path: () => '/qa/calendar?view=week&day=2026-11-03', there: 'table' },
  { name: 'calendar as a list', role: 'physicist', path: () => '/qa/calendar?view=list&day=2026-11-03', there: 'table' },
  {
    name: 'what was left out',
    role: 'physicist',
    path: () => '/qa/unclassified',
    there: 'tbody tr',
    open: (page) => page.locator('tbody button').first().click(),
  },
  { name: 'a rule proposed', role: 'physicist', path: () => '/qa/rules?control=3&type=CQM', there: '[aria-live] table, .side table' },
  { name: 'source of controls', role: 'physicist', path: () => '/qa/source', there: 'form' },
  { name: 'a machine’s status', role: 'physicist', path: () => '/qa/machines/linac', there: 'dl' },
  { name: 'pacs', role: 'technologist', path: () => '/pacs', there: 'h2' },
  { name: 'peers', role: 'admin', path: () => '/pacs/peers', there: 'h2' },
  { name: 'account', role: 'physicist', path: () => '/account', there: 'h2' },
  ...['users', 'users/new', 'screens', 'machines', 'machines/versa-hd-1', 'channels', 'channels/new', 'audit', 'rights'].map(
    (page): View => ({
      name: `admin ${page}`,
      role: 'admin',
      path: () => `/admin/${page}`,
      there: 'table, form, h2',
    }),
  ),
  { name: 'refused page', role: 'manager', path: () => '/dossiers', there: 'main' },
];

describe.each(LOCALES)('in %s', (locale) => {
  it.each(VIEWS)('$name has no serious violation', async ({ role, path, there, open }) => {
    const page = await windowOf(role, locale);
    await page.goto(`${site.test.url}${path()}`);
    await page.locator(there).first().waitFor();
    await open?.(page);
    await look(page, locale);
    expect(site.complaints()).toEqual([]);
  });

  it('the dialog of a move back has no serious violation', async () => {
    const page = await windowOf('oncologist', locale);
    await page.goto(`${site.test.url}/dossiers/${prescribed.id}`);
    await page.getByRole('button', { name: /^(Revenir en arrière|Move back)/ }).click();
    await page.getByRole('dialog').waitFor();
    await look(page, locale);
  });

  it('the wall has no serious violation', async () => {
    const page = pages.get(`wall ${locale}`);
    if (!page) throw new Error('no wall');
    await page.goto(`${site.test.url}/wall`);
    await page.locator('.count').first().waitFor();
    expect(await violations(page, { resultTypes: ['violations'] })).toEqual([]);
  });
});
