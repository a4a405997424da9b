import { SYSTEM, type Context } from '#server/platform/context.ts';
import { buildName, serveClient } from '#server/platform/http/client-files.ts';
import { createLog, type Log } from '#server/platform/log.ts';
import { connectDatabase, type Database } from '#server/platform/mongo/connect.ts';
import { createIndexes } from '#server/platform/mongo/models.ts';
import { migrate } from '#server/platform/mongo/migrations.ts';
import { backupJob } from '#server/platform/mongo/operations/index.ts';
import { ensureFirstAdmin, type DemoAccounts } from '#server/domains/accounts/index.ts';
import { startDelivering } from '#server/domains/notifications/index.ts';
import type { Reception } from '#server/domains/pacs/index.ts';
import { startLightClock, type QaSource } from '#server/domains/qa/index.ts';
import { MIGRATIONS } from './migrations.ts';
import { artiscanOf, qualityJobs } from './quality.ts';
import { startDicom } from './reception.ts';
import { SettingsError, settingsOfProcess, type Settings } from './settings.ts';
import { createSite, type Site } from './site.ts';
import type { Web, WebDeps } from './web.ts';

/** What runs in a process, and how to stop it in order. */
export interface Running {
  settings: Settings;
  site: Site;
  database: Database;
  url: string;
  /** DICOM reception, when this process has the role `dicom`. */
  reception: Reception | undefined;
  stop(): Promise<void>;
}

interface StartOptions {
  settings: Settings;
  log: Log;
  demo?: DemoAccounts;
  /** The demo's Artiscan, which is simulated. */
  artiscan?: QaSource;
  /** Development: Vite serves the pages. */
  serveClient?: WebDeps['serveClient'];
  /** What must be there before anybody is served: the demo's data. */
  beforeListening?: (site: Site) => Promise<void>;
}

/** Connects, makes the indexes, and starts the roles of this process. */
export async function start({ settings, log, demo, artiscan, serveClient: pages, beforeListening }: StartOptions): Promise<Running> {
  const database = await connectDatabase({ uri: settings.MONGODB_URI, dataDir: settings.DATA_DIR, log });
  const now = () => new Date();
  await migrate({ connection: database.connection, migrations: MIGRATIONS, now, log });
  await createIndexes(database.connection, log);
  const site = await createSite({
    ...{ settings, database, log, now, demo: demo ?? null },
    artiscan: artiscan ?? (await artiscanOf(settings, now)),
  });
  await beforeListening?.(site);
  const web = settings.VIGIE_ROLES.includes('web')
    ? await startWeb(site, { settings, database, log, now, demo: demo ?? null, build: buildName(), serveClient: pages ?? serveClient() })
    : undefined;
  const reception = settings.VIGIE_ROLES.includes('dicom') ? await startDicom(site, { settings, log, now }) : undefined;
  const jobs = settings.VIGIE_ROLES.includes('jobs') ? await startSiteJobs(site, settings, { database, log }) : undefined;
  const url = settings.PUBLIC_URL ?? `http://${settings.HOST === '127.0.0.1' ? 'localhost' : settings.HOST}:${settings.PORT}`;
  log.info({ roles: settings.VIGIE_ROLES, database: database.kind, url }, 'Vigie is running');
  return {
    settings,
    site,
    database,
    url,
    reception,
    stop: async () => {
      await jobs?.stop();
      await reception?.close();
      site.close();
      await web?.close();
      await database.close();
    },
  };
}

/** A context of the application itself. */
function systemOf({ contexts }: Site, { SITE_LOCALE: locale }: Settings): Context {
  return contexts({ actor: SYSTEM, locale, from: 'local' });
}

/** The role `jobs`: what is done for the site as a whole, lights that change with the hour, alerts. Any process with the role may do it. */
async function startSiteJobs(
  site: Site,
  settings: Settings,
  { database, log }: { database: Database; log: Log },
): Promise<{ stop(): Promise<void> }> {
  const { startJobs } = await import('#server/platform/jobs/index.ts'); // roles without jobs need no scheduler in memory
  const timezone = settings.SITE_TIMEZONE;
  const place = { uri: settings.MONGODB_URI, dataDir: settings.DATA_DIR };
  const ctx = () => systemOf(site, settings);
  const quality = qualityJobs(site.quality, { ctx, means: site.alerts, weekly: settings.WEEKLY_ALERT });
  const jobs = await startJobs({
    connection: database.connection,
    jobs: [backupJob({ place, timezone, now: () => new Date(), log }), ...quality],
    timezone,
    log,
  });
  await jobs.runNow('qa/read');
  const stopLights = startLightClock({ ctx, events: site.events, log });
  const delivering = startDelivering({ ctx: ctx(), means: site.alerts, log });
  return { stop: async () => void (await Promise.all([jobs.stop(), delivering.stop(), stopLights()])) };
}

/** Stops in order on the first signal, at once on the second, and by force when it takes too long. */
export function stopOnSignals(running: Pick<Running, 'stop'>, log: Log): void {
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (asked) process.exit(1);
      asked = true;
      log.info({ signal }, 'stopping');
      setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
      running.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'stopping failed');
          process.exit(1);
        },
      );
    });
  }
}

const STOP_LIMIT_MS = 10_000;

/** Answers requests: the role `web`. Others need no web server in memory. */
async function startWeb(site: Site, deps: WebDeps): Promise<Web> {
  const { createWeb } = await import('./web.ts');
  const web = createWeb(site, deps);
  const { PORT, HOST } = deps.settings;
  await new Promise<void>((resolve, reject) => {
    web.httpServer.once('error', reject);
    web.httpServer.listen(PORT, HOST, () => resolve());
  });
  return web;
}

/**
 * `npm start`: real use. The first start prints the one-time password of the first administrator, once. A fault that a person can mend is told in
 * his words, without a stack.
 */
export async function runForUse(): Promise<void> {
  try {
    const settings = settingsOfProcess();
    const log = createLog(settings.LOG_LEVEL);
    const running = await start({ settings, log });
    stopOnSignals(running, log);
    const admin = await ensureFirstAdmin(systemOf(running.site, settings));
    if (admin) {
      process.stdout.write(
        `\n  First start. Sign in at ${running.url} as "${admin.username}" with the one-time password: ${admin.oneTimePassword}\n\n`,
      );
    }
  } catch (error) {
    process.stderr.write(`${faultOf(error)}\n`);
    process.exit(1);
  }
}

function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof SettingsError) return error.message;
  if ('code' in error && error.code === 'EADDRINUSE') return `${error.message}. Another program uses this port: set PORT to a free one.`;
  return error.stack ?? error.message;
}

if (import.meta.main) await runForUse();
