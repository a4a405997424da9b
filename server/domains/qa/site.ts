import type { Locale } from '#shared/accounts/schemas.ts';

/** What quality control needs to know of the site. */
export interface QaSite {
  timezone: string;
  locale: Locale;
  /** Country whose public holidays hold, as `FR`. */
  holidays: string;
  /** A source of controls is configured, whether or not it was ever read. */
  hasSource: boolean;
}

let site: QaSite = { timezone: 'Europe/Paris', locale: 'fr', holidays: 'FR', hasSource: false };

/** The site, told once at the start. */
export function qaSite(): QaSite {
  return site;
}

/** Tells the site. */
export function setQaSite(told: QaSite): void {
  site = told;
}

/** The site's time zone: its midnight ends what was set by hand. */
export function siteZone(): string {
  return site.timezone;
}
