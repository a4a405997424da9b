import type { Locale } from '#shared/accounts/schemas.ts';
import type { Mail } from '#server/platform/mail/index.ts';
import type { Teams } from '#server/platform/teams/index.ts';

/** What alerts need of the site's settings: the doors they leave by, and where their links lead. */
export interface AlertMeans {
  site: { name: string; locale: Locale; timezone: string };
  teams: Teams;
  /** None without SMTP_URL. */
  mail: Mail | null;
  /** TEAMS_WEBHOOK_URL: the address of the first channel. */
  webhookUrl: string | null;
  /** PUBLIC_URL, without its last slash; none when it is not set. */
  publicUrl: string | null;
  /** The demo and tests only: addresses on loopback without TLS. */
  loopbackHttp: boolean;
}
