// `npm run demo`: everything live with invented data, on loopback only. `--still`: nothing moves by itself.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SYSTEM, type Context } from '#server/platform/context.ts';
import { createLog, type Log } from '#server/platform/log.ts';
import { start, stopOnSignals, type Running } from '#server/main.ts';
import { SettingsError, settingsOfProcess, type Settings } from '#server/settings.ts';
import type { Site } from '#server/site.ts';
import type { WebDeps } from '#server/web.ts';
import { CreatePeer } from '#shared/pacs/schemas.ts';
import { hasDossiers } from '#server/domains/dossiers/index.ts';
import { ensurePeer } from '#server/domains/pacs/index.ts';
import { readNow, synchronise, type QaSource } from '#server/domains/qa/index.ts';
import { ensureClientBuilt } from '../client-build.ts';
import { startDemoArtiscan, type DemoArtiscan } from './artiscan/demo.ts';
import { DEMO_PASSWORD, DEMO_USERS } from './data.ts';
import { startLife } from './life.ts';
import { castPeople, type Cast } from './people.ts';
import { patientsToScan } from './scanner/patients.ts';
import { startScanner } from './scanner/scanner.ts';
import { seedDemo } from './seed.ts';
import { seedChannels, withSinks } from './sinks/channels.ts';
import { startSinks } from './sinks/index.ts';

const SCANNER = 'SCANNER1';
const READ_LIMIT_MS = 60_000;
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

interface DemoOptions {
  still: boolean;
  /** Development: Vite serves the pages from their sources. */
  serveClient?: WebDeps['serveClient'];
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
  const artiscan = await startDemoArtiscan(settings.DATA_DIR, settings.SITE_TIMEZONE);
  const building = serveClient ? undefined : ensureClientBuilt((line) => process.stdout.write(`${line}\n`));
  await Promise.all([building, fill(settings, log, artiscan.source)]);
  let people: Cast | undefined;
  const running = await start({
    settings,
    log,
    demo: { accounts: DEMO_USERS.map(({ username, role }) => ({ username, role })), password: DEMO_PASSWORD },
    artiscan: artiscan.source,
    ...(serveClient ? { serveClient } : {}),
    beforeListening: async (app) => {
      people = await castPeople(app.contexts, demoContext(app));
      await seedChannels(demoContext(app), app.alerts, sinks);
    },
  });
  const stopLife = people && !still ? startDemoLife(people, running, { artiscan, log }) : () => Promise.resolve();
  stopOnSignals(
    {
      stop: async () => {
        await stopLife();
        await running.stop();
        await Promise.all([sinks.stop(), artiscan.stop()]);
        if (!keeps) await rm(settings.DATA_DIR, { recursive: true, force: true });
      },
    },
    log,
  );
  process.stdout.write(welcome({ url: running.url, alerts: sinks.url, artiscan: artiscan.place, still, keeps }));
}

/** Fills an empty site, in a run that serves nobody: the client is built at the same time. */
async function fill(settings: Settings, log: Log, source: QaSource): Promise<void> {
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
      // Only now: until its source was read, the dossiers were treated by lights that a hand had set.
      await synchronise(system, source, { whole: true, signal: AbortSignal.timeout(READ_LIMIT_MS) });
    },
  });
  await filled.stop();
}

const demoContext = ({ contexts }: Site): Context => contexts({ actor: SYSTEM, locale: 'fr', from: 'demo' });

/** What moves by itself: people who go on with dossiers, controls that get done, and the scanner. Returns what ends it. */
function startDemoLife(
  cast: Cast,
  { settings, reception, site }: Running,
  { artiscan, log }: { artiscan: DemoArtiscan; log: Log },
): () => Promise<void> {
  const stopPeople = startLife(cast, log);
  const stopControls = artiscan.live((whole) => {
    readNow(demoContext(site), site.quality, { whole }).catch((err: unknown) => log.error({ err }, 'the demo stumbled'));
  });
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
    stopControls();
    await scanner?.stop();
  };
}

interface Told {
  url: string;
  alerts: string;
  artiscan: string;
  still: boolean;
  keeps: boolean;
}

function welcome({ url, alerts, artiscan, still, keeps }: Told): string {
  const accounts = DEMO_USERS.map(({ username, role }) => `    ${username.padEnd(14)} ${role}`).join('\n');
  const living = still
    ? 'nothing moves by itself (--still)'
    : 'a dossier moves now and then, controls get done, a scanner sends a study a minute';
  return `
  Vigie, demo: ${url}

  Accounts, all with the password "${DEMO_PASSWORD}":
${accounts}

  Simulated: all people and dossiers are invented; ${living}.
  Alerts, simulated too: Teams and mail end at ${alerts}
  Artiscan, simulated too: a small TDS server (not SQL Server) at ${artiscan}
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
