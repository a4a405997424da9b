import type { AlertMeans } from '#server/domains/notifications/index.ts';
import { createMail } from '#server/platform/mail/index.ts';
import { createTeams } from '#server/platform/teams/index.ts';
import { isLoopback, type Settings } from './settings.ts';

/** The doors by which alerts leave, from the settings. In the demo links lead to this machine and sinks listen on loopback. */
export function alertMeansOf(settings: Settings, { demo }: { demo: boolean }): AlertMeans {
  const { SMTP_URL: url, MAIL_FROM: from, HTTPS_PROXY, NO_PROXY, PUBLIC_URL, TEAMS_WEBHOOK_URL, PORT } = settings;
  const reachable = PUBLIC_URL !== undefined && !isLoopback(PUBLIC_URL) ? PUBLIC_URL : undefined;
  const address = demo ? (PUBLIC_URL ?? `http://localhost:${PORT}`) : reachable;
  return {
    site: { name: settings.SITE_NAME, locale: settings.SITE_LOCALE, timezone: settings.SITE_TIMEZONE },
    teams: createTeams({ httpsProxy: HTTPS_PROXY, noProxy: NO_PROXY }),
    mail: url !== undefined && from !== undefined ? createMail({ url, from }) : null,
    webhookUrl: TEAMS_WEBHOOK_URL ?? null,
    publicUrl: address?.replace(/\/+$/, '') ?? null,
    loopbackHttp: demo,
  };
}
