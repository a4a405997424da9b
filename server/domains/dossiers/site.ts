import type { Locale } from '#shared/accounts/schemas.ts';

interface Site {
  timezone: string;
  locale: Locale;
}

let current: Site = { timezone: 'Europe/Paris', locale: 'fr' };

/** The site's zone and language, told once at the start: facts for everybody are put into the site's language. */
export function site(): Site {
  return current;
}

/** Tells the zone and language of the site. */
export function setSite(settings: Site): void {
  current = settings;
}
