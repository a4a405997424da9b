import type { Session } from '#shared/accounts/schemas.ts';
import type { DemoAccounts } from '#server/domains/accounts/index.ts';
import { writeAudit } from '#server/domains/audit/index.ts';
import { startDossiers } from '#server/domains/dossiers/index.ts';
import { loadRegistry } from '#server/domains/machines/index.ts';
import { ensureSettingsChannel, type AlertMeans } from '#server/domains/notifications/index.ts';
import { followQaFacts, type QaSource, type SiteSource } from '#server/domains/qa/index.ts';
import { createContexts, SYSTEM, type ContextFactory } from '#server/platform/context.ts';
import { createEventLog, type EventLog } from '#server/platform/events.ts';
import type { Log } from '#server/platform/log.ts';
import type { Database } from '#server/platform/mongo/connect.ts';
import { alertMeansOf } from './alerts.ts';
import { connectQualityToAlerts, startQuality } from './quality.ts';
import { connectStudiesToDossiers } from './reception.ts';
import type { Settings } from './settings.ts';

export interface SiteDeps {
  settings: Settings;
  database: Database;
  log: Log;
  now: () => Date;
  demo: DemoAccounts | null;
  /** The site's Artiscan, when this process may read it. */
  artiscan?: QaSource | undefined;
}

/** What every process of the site has, whatever its roles. */
export interface Site {
  events: EventLog;
  contexts: ContextFactory;
  /** Where controls come from. */
  quality: SiteSource;
  /** By what alerts leave. */
  alerts: AlertMeans;
  /** The database stays open. */
  close(): void;
}

/** Puts the domains together: how they speak to each other, and to the log of events. */
export async function createSite({ settings, database, log, now, demo, artiscan }: SiteDeps): Promise<Site> {
  const pauseAfterCommitMs = settings.VIGIE_TEST_PAUSE_AFTER_COMMIT_MS;
  const pause = pauseAfterCommitMs === undefined ? {} : { pauseAfterCommitMs };
  const events = createEventLog({ now, log });
  const contexts = createContexts({ connection: database.connection, events, now, writeAudit, ...pause });
  await loadRegistry(events);
  followQaFacts(events);
  await startDossiers(siteFacts(settings));
  connectStudiesToDossiers();
  const alerts = alertMeansOf(settings, { demo: demo !== null });
  connectQualityToAlerts(alerts);
  const quality = startQuality(settings, { artiscan, now });
  await ensureSettingsChannel(contexts({ actor: SYSTEM, locale: settings.SITE_LOCALE, from: 'local' }), alerts);
  // With the pause of a test, its own look into the log would find what is held back.
  if (pauseAfterCommitMs === undefined) events.start();
  return { events, contexts, alerts, quality, close: () => events.stop() };
}

/** The site as its pages name it. */
export function siteFacts({ SITE_NAME: name, SITE_TIMEZONE: timezone, SITE_LOCALE: locale, SITE_LOGO }: Settings): Session['site'] {
  return { name, timezone, locale, ...(SITE_LOGO ? { logo: true } : {}) };
}
