import path from 'node:path';
import { ArtiscanTables } from '#shared/qa/artiscan.ts';
import { createQaAlerts, weeklyJob, type AlertMeans, type QaAlerts } from '#server/domains/notifications/index.ts';
import {
  artiscanOfSite,
  artiscanTables,
  machineResolved,
  machineTurnedRed,
  missingWeekly,
  qaJobs,
  startQa,
  type QaSource,
  type SiteSource,
} from '#server/domains/qa/index.ts';
import type { Context } from '#server/platform/context.ts';
import type { Job } from '#server/platform/jobs/index.ts';
import { NotAnswered, askCredentials } from '#server/platform/terminal.ts';
import { SettingsError, type Settings } from './settings.ts';

/**
 * The site's Artiscan; undefined when it has none. Name and password that are not in the settings are asked for on the terminal, by the process that reads,
 * and kept nowhere.
 *
 * @throws SettingsError when they are missing and nobody can be asked
 */
export async function artiscanOf(settings: Settings, now: () => Date): Promise<QaSource | undefined> {
  const { ARTISCAN_HOST: host, ARTISCAN_USER: user, ARTISCAN_PASSWORD: password } = settings;
  if (host === undefined) return undefined;
  const known = { ...(user === undefined ? {} : { user }), ...(password === undefined ? {} : { password }) };
  const complete = user !== undefined && password !== undefined;
  if (!complete && !settings.VIGIE_ROLES.includes('jobs')) return undefined;
  const credentials = await askCredentials('Artiscan', known).catch((error: unknown) => {
    if (error instanceof NotAnswered)
      throw new SettingsError(['ARTISCAN_USER, ARTISCAN_PASSWORD: needed with ARTISCAN_HOST where nobody can be asked']);
    throw error;
  });
  const place = {
    host,
    port: settings.ARTISCAN_PORT,
    database: settings.ARTISCAN_DATABASE,
    caFile: settings.ARTISCAN_CA,
    serverName: settings.ARTISCAN_SERVER_NAME,
    encrypt: settings.ARTISCAN_ENCRYPT,
    ...credentials,
  };
  return artiscanOfSite(place, () => artiscanTables() ?? ArtiscanTables.parse({}), now);
}

/** Tells quality control its site. */
export function startQuality(settings: Settings, { artiscan, now }: { artiscan: QaSource | undefined; now: () => Date }): SiteSource {
  return startQa({
    site: {
      timezone: settings.SITE_TIMEZONE,
      locale: settings.SITE_LOCALE,
      holidays: settings.SITE_HOLIDAYS,
      hasSource: settings.ARTISCAN_HOST !== undefined || artiscan !== undefined,
    },
    artiscan,
    csvFolder: path.join(settings.DATA_DIR, 'controls'),
    now,
  });
}

let alerts: QaAlerts | undefined;
const onRed: QaAlerts['machineTurnedRed'] = async (ctx, red) => alerts?.machineTurnedRed(ctx, red);
const onResolved: QaAlerts['machineResolved'] = async (ctx, resolved) => alerts?.machineResolved(ctx, resolved);

/** A machine that turns red, or is no longer, is told by alerts. The functions are the same at every start, so none listens twice. */
export function connectQualityToAlerts({ site }: AlertMeans): void {
  alerts = createQaAlerts(site);
  machineTurnedRed.listen(onRed);
  machineResolved.listen(onResolved);
}

/** What quality control does by the clock: reads its source, and tells which weekly controls are missing. */
export function qualityJobs(source: SiteSource, { ctx, means, weekly }: { ctx: () => Context; means: AlertMeans; weekly: string }): Job[] {
  return [...qaJobs(source, ctx), weeklyJob({ ctx: ctx(), alerts: createQaAlerts(means.site), missingWeekly, schedule: weekly })];
}
