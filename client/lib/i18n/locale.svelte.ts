import type { Locale } from '#shared/accounts/schemas.ts';
import { keep, kept } from '../storage.ts';

const KEY = 'vigie.locale';

/** The language and the time zone in which everything is said. The person's choice is kept; else the site's language holds. */
class LocaleState {
  #chosen = $state<Locale | undefined>(read());
  #site = $state<Locale>('fr');
  /** The site's zone: hours are those of the department, wherever the browser is. */
  timezone = $state('Europe/Paris');

  get current(): Locale {
    return this.#chosen ?? this.#site;
  }

  choose(locale: Locale): void {
    this.#chosen = locale;
    keep(KEY, locale);
    this.#mark();
  }

  /** What the server says of the site. */
  ofSite(site: { locale: Locale; timezone: string }): void {
    this.#site = site.locale;
    this.timezone = site.timezone;
    this.#mark();
  }

  #mark(): void {
    if (typeof document !== 'undefined') document.documentElement.lang = this.current;
  }
}

function read(): Locale | undefined {
  const stored = kept(KEY);
  return stored === 'fr' || stored === 'en' ? stored : undefined;
}

export const locale = new LocaleState();
