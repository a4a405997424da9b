// `npm run demo`: everything live with invented data, on loopback only. `--still`: nothing moves by itself.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SYSTEM, type Context } from '#server/platform/context.ts';
import { createLog, type Log } from '#server/platform/log.ts';
import type { App, AppDeps } from '#server/app.ts';
import { start, stopOnSignals, type Running } from '#server/main.ts';
import { SettingsError, settingsOfProcess, type Settings } from '#server/settings.ts';
import { CreatePeer } from '#shared/pacs/schemas.ts';
import { hasDossiers } from '#server/domains/dossiers/index.ts';
import { ensurePeer } from '#server/domains/pacs/index.ts';
import { ensureClientBuilt } from '../client-build.ts';
import { DEMO_PASSWORD, DEMO_USERS } from './data.ts';
import { startLife } from './life.ts';
import { castPeople, type Cast } from './people.ts';
import { patientsToScan } from './scanner/patients.ts';
import { startScanner } from './scanner/scanner.ts';
import { seedDemo } from './seed.ts';
import { seedChannels, withSinks } from './sinks/channels.ts';
import { startSinks } from './sinks/index.ts';

const SCANNER = 'SCANNER1';
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
  const sinks = await startSinks();
  const settings = withSinks(settingsOfProcess(), sinks);
  if (!LOOPBACK.includes(settings.HOST)) throw new SettingsError(['HOST: the demo has a known password and runs on loopback only']);
  const log = createLog(settings.LOG_LEVEL);
  const building = serveClient ? undefined : ensureClientBuilt((line) => process.stdout.write(`${line}\n`));
  await Promise.all([building, fill(settings, log)]);
  let people: Cast | undefined;
  const running = await start({
    settings,
    log,
    demo: { accounts: DEMO_USERS.map(({ username, role }) => ({ username, role })), password: DEMO_PASSWORD },
    ...(serveClient ? { serveClient } : {}),
    beforeListening: async (app) => {
      people = await castPeople(app.contexts, demoContext(app));
      await seedChannels(demoContext(app), app.alerts, sinks);
    },
  });
  const stopLife = people && !still ? startDemoLife(people, running, log) : () => Promise.resolve();
  stopOnSignals(
    {
      stop: async () => {
        await stopLife();
        await running.stop();
        await sinks.stop();
        if (!keeps) await rm(settings.DATA_DIR, { recursive: true, force: true });
      },
    },
    log,
  );
  process.stdout.write(welcome(running.url, sinks.url, still, keeps));
}

/** Fills an empty site, in a run that serves nobody: the client is built at the same time. */
async function fill(settings: Settings, log: Log): Promise<void> {
  const filled = await start({
    settings: { ...settings, VIGIE_ROLES: [] },
    log,
    serveClient: () => Promise.resolve(),
    beforeListening: async (app) => {
      const system = demoContext(app);
      const cast = await castPeople(app.contexts, system);
      if (!(await hasDossiers())) await seedDemo(system, cast, new Date());
      await ensurePeer(
        system,
        CreatePeer.parse({ aeTitle: SCANNER, host: '127.0.0.1', rights: ['echo', 'store'], note: 'Scanner simulé' }),
      );
    },
  });
  await filled.stop();
}

const demoContext = ({ contexts }: App): Context => contexts({ actor: SYSTEM, locale: 'fr', from: 'demo' });

/** What moves by itself: people who go on with dossiers and lights, and the scanner. Returns what ends it. */
function startDemoLife(cast: Cast, { settings, reception }: Running, log: Log): () => Promise<void> {
  const stopPeople = startLife(cast, log);
  const scanner =
    reception &&
    startScanner({
      host: settings.DICOM_HOST,
      port: reception.port(),
      aec: settings.DICOM_AE_TITLE,
      aet: SCANNER,
      patients: () => patientsToScan(cast),
      onError: (err) => log.error({ err }, 'the scanner stumbled'),
    });
  return async () => {
    stopPeople();
    await scanner?.stop();
  };
}

function welcome(url: string, alerts: string, still: boolean, keeps: boolean): string {
  const accounts = DEMO_USERS.map(({ username, role }) => `    ${username.padEnd(14)} ${role}`).join('\n');
  const living = still
    ? 'nothing moves by itself (--still)'
    : 'a dossier moves now and then, a machine’s light changes, a scanner sends a study a minute';
  return `
  Vigie, demo: ${url}

  Accounts, all with the password "${DEMO_PASSWORD}":
${accounts}

  Simulated: all people and dossiers are invented; ${living}.
  Alerts, simulated too: Teams and mail end at ${alerts}
  Not part of this demo yet: the Artiscan server.
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
