// `npm run demo`: everything live with invented data, on loopback only. `--still`: nothing moves by itself.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SYSTEM } from '#server/platform/context.ts';
import { createLog } from '#server/platform/log.ts';
import type { AppDeps } from '#server/app.ts';
import { start, stopOnSignals } from '#server/main.ts';
import { SettingsError, settingsOfProcess } from '#server/settings.ts';
import { hasDossiers } from '#server/domains/dossiers/index.ts';
import { ensureClientBuilt } from '../client-build.ts';
import { DEMO_PASSWORD, DEMO_USERS } from './data.ts';
import { startLife } from './life.ts';
import { castPeople } from './people.ts';
import { seedDemo } from './seed.ts';

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

interface DemoOptions {
  still: boolean;
  /** Development: Vite serves the pages from their sources. */
  serveClient?: AppDeps['serveClient'];
}

/** Starts the demo. With `DATA_DIR` set its data stays there and it goes on with them; else they end with it. */
export async function runDemo({ still, serveClient }: DemoOptions): Promise<void> {
  const keeps = process.env.DATA_DIR !== undefined && process.env.DATA_DIR !== '';
  if (!keeps) process.env.DATA_DIR = mkdtempSync(path.join(tmpdir(), 'vigie-demo-'));
  process.env.LOG_LEVEL ??= 'warn';
  process.env.SITE_NAME ??= 'Val-de-Brume';
  const settings = settingsOfProcess();
  if (!LOOPBACK.includes(settings.HOST)) throw new SettingsError(['HOST: the demo has a known password and runs on loopback only']);
  const log = createLog(settings.LOG_LEVEL);
  if (!serveClient) await ensureClientBuilt((line) => process.stdout.write(`${line}\n`));
  const running = await start({
    settings,
    log,
    demo: { accounts: DEMO_USERS.map(({ username, role }) => ({ username, role })), password: DEMO_PASSWORD },
    ...(serveClient ? { serveClient } : {}),
    beforeListening: async (app) => {
      const system = app.contexts({ actor: SYSTEM, locale: 'fr', from: 'demo' });
      const cast = await castPeople(app.contexts, system);
      if (!(await hasDossiers())) await seedDemo(system, cast, new Date());
      if (!still) life = startLife(cast, log);
    },
  });
  stopOnSignals(
    {
      stop: async () => {
        life();
        await running.stop();
        if (!keeps) await rm(settings.DATA_DIR, { recursive: true, force: true });
      },
    },
    log,
  );
  process.stdout.write(welcome(running.url, still, keeps));
}

let life: () => void = () => undefined;

function welcome(url: string, still: boolean, keeps: boolean): string {
  const accounts = DEMO_USERS.map(({ username, role }) => `    ${username.padEnd(14)} ${role}`).join('\n');
  const living = still ? 'nothing moves by itself (--still)' : 'a dossier moves now and then, a machine’s light changes';
  return `
  Vigie, demo: ${url}

  Accounts, all with the password "${DEMO_PASSWORD}":
${accounts}

  Simulated: all people and dossiers are invented; ${living}.
  Not part of this demo yet: the Artiscan server, the scanner, mail and Teams.
  The data ${keeps ? 'stays in DATA_DIR' : 'ends with the demo; set DATA_DIR to keep it'}. Ctrl-C stops everything.

`;
}

if (import.meta.main) {
  try {
    await runDemo({ still: process.argv.includes('--still') });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
