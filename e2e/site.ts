import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import type { Role } from '#shared/roles.ts';
import { startTestApp, type Client, type TestApp } from '../server/testing/app.ts';
import { Department } from '../server/testing/dossiers.ts';
import { BROWSER, FLAGS } from './browser.ts';

/** What a browser says by itself when a link is down or a password is wrong: it says nothing of the page. */
const NETWORK_LINES = /Failed to load resource|WebSocket connection to .* failed|net::ERR_/;

/** A window, and the address at which it finds the server when that is not the server's own. */
export type WindowOptions = BrowserContextOptions & { url?: string };

/** The whole product for a journey: the application with the built client, its people, and a browser. */
export interface Site {
  test: TestApp;
  staff: Department;
  browser: Browser;
  /** A window of its own, signed in in a role; nobody when none is named. */
  open(role: Role | null, path: string, options?: WindowOptions): Promise<Page>;
  /** What pages complained of on their consoles since the last look. */
  complaints(): string[];
  close(): Promise<void>;
}

/** Starts the product with its client built, and a browser. */
export async function startSite(
  options: { heartbeatMs?: number; dicom?: boolean; env?: Record<string, string>; at?: Date } = {},
): Promise<Site> {
  const test = await startTestApp({ client: true, ...options });
  const browser = await chromium.launch({ executablePath: BROWSER, args: FLAGS });
  const complaints: string[] = [];
  return {
    test,
    staff: new Department(test),
    browser,
    open: async (role, path, { url = test.url, ...context } = {}) => {
      const page = await openPage(browser, url, role && (await test.as(role)), context);
      listenTo(page, complaints);
      await page.goto(`${url}${path}`);
      return page;
    },
    complaints: () => complaints.splice(0),
    close: async () => {
      await browser.close();
      await test.close();
    },
  };
}

/** Writes down what a page complains of on its console. */
export function listenTo(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !NETWORK_LINES.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
}

/** A page of a browser that carries a client's cookies. */
export async function openPage(browser: Browser, url: string, client: Client | null, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    locale: 'fr-FR',
    timezoneId: 'Europe/Paris',
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  const cookies = client?.cookie ? client.cookie.split('; ').map((pair) => pair.split('=', 2)) : [];
  await context.addCookies(cookies.map(([name = '', value = '']) => ({ name, value, url })));
  context.setDefaultTimeout(15_000);
  return context.newPage();
}
