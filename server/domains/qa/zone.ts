let zone = 'Europe/Paris';

/** The site's time zone, told once at the start: its midnight ends what was set by hand. */
export function siteZone(): string {
  return zone;
}

/** Tells the site's time zone. */
export function setSiteZone(timezone: string): void {
  zone = timezone;
}
