import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { freePort } from '#server/testing/process.ts';
import { CLIENT_DIR } from '#server/platform/http/client-files.ts';
import { BROWSER, FLAGS } from '../../e2e/browser.ts';
import { ms, row, title } from './figures.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** The demo from its command to a board that can be used, build included; and what a first visit loads. */
export async function benchClient(): Promise<void> {
  title('The client');
  const port = await freePort();
  rmSync(CLIENT_DIR, { recursive: true, force: true });
  const started = performance.now();
  const demo = spawn(process.execPath, ['scripts/demo/main.ts', '--still'], {
    cwd: ROOT,
    stdio: 'ignore',
    env: { ...process.env, PORT: String(port), DATA_DIR: '' },
  });
  const url = `http://localhost:${port}`;
  while (
    !(await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    ))
  )
    await sleep(50);
  const browser = await chromium.launch({ executablePath: BROWSER, args: FLAGS });
  const page = await browser.newPage();
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.request.post(`${url}/api/session`, { data: { username: 'oncologue', password: 'demo' } });
  await page.goto(`${url}/dossiers`);
  await page.locator('article').first().waitFor();
  row('demo: command to a board with cards, build included', ms(performance.now() - started), 'aim ≤ 20,000 ms');
  await sleep(1000);
  row('first load of the board, all that came over the wire', `${(bytes / 1024).toFixed(0)} KB`, 'aim ≤ 200 KB');
  await browser.close();
  demo.kill('SIGTERM');
  await once(demo, 'exit');
}
