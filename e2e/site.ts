import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import type { Role } from '#shared/roles.ts';
import { signedIn, startTestApp, type Client, type TestApp } from '../server/testing/app.ts';
import { Department } from '../server/testing/dossiers.ts';
import { BROWSER, FLAGS } from './browser.ts';

/** What a browser says by itself when a link is down or a password is wrong: it says nothing of the page. */
const NETWORK_LINES = /Failed to load resource|WebSocket connection to .* failed|net::ERR_/;

/** The whole product for a journey: the application with the built client, its people, and a browser. */
export interface Site {
  test: TestApp;
  staff: Department;
  browser: Browser;
  /** A window of its own, signed in in a role; nobody when none is named. */
  open(role: Role | null, path: string, options?: BrowserContextOptions): Promise<Page>;
  /** What pages complained of on their consoles since the last look. */
  complaints(): string[];
  close(): Promise<void>;
}

/** Starts the product with its client built, and a browser. */
export async function startSite(options: { heartbeatMs?: number } = {}): Promise<Site> {
  const test = await startTestApp({ client: true, ...options });
  const browser = await chromium.launch({ executablePath: BROWSER, args: FLAGS });
  let complaints: string[] = [];
  return {
    test,
    staff: new Department(test),
    browser,
    open: async (role, path, context) => {
      const page = await openPage(browser, test.url, role && (await test.as(role)), context);
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type()) && !NETWORK_LINES.test(message.text())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`${test.url}${path}`);
      return page;
    },
    complaints: () => {
      const since = complaints;
      complaints = [];
      return since;
    },
    close: async () => {
      await browser.close();
      await test.close();
    },
  };
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
  return context.newPage();
}

export { signedIn };
