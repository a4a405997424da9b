import type { Locale } from '#shared/accounts/schemas.ts';
import { keep, kept } from '../storage.ts';
import type { Language } from './language.ts';

const KEY = 'vigie.locale';

/** A page loads the language that it speaks, not the others. */
const LANGUAGES: Readonly<Record<Locale, () => Promise<{ language: Language }>>> = {
  fr: () => import('./languages/fr.ts'),
  en: () => import('./languages/en.ts'),
};

/** The language and the time zone in which everything is said. The person's choice is kept; else the site's language holds. */
class LocaleState {
  #chosen = read();
  #wanted: Locale | undefined;
  #language = $state.raw<Language>();
  /** The site's zone: hours are those of the department, wherever the browser is. */
  timezone = $state('Europe/Paris');

  get current(): Locale {
    return this.#language?.locale ?? 'fr';
  }

  get language(): Language {
    if (!this.#language) throw new Error('a text was asked for before locale.start()');
    return this.#language;
  }

  /** Loads the texts; nothing can be said before. */
  start(): Promise<void> {
    return this.#speak(this.#chosen ?? 'fr');
  }

  choose(locale: Locale): Promise<void> {
    this.#chosen = locale;
    keep(KEY, locale);
    return this.#speak(locale);
  }

  /** What the server says of the site. */
  ofSite(site: { locale: Locale; timezone: string }): void {
    this.timezone = site.timezone;
    if (!this.#chosen) void this.#speak(site.locale);
  }

  async #speak(locale: Locale): Promise<void> {
    this.#wanted = locale;
    if (this.#language?.locale === locale) return;
    const loaded = await LANGUAGES[locale]().catch((error: unknown) => {
      if (!this.#language) throw error;
      return undefined; // no network: the page goes on in the language that it has
    });
    if (!loaded || this.#wanted !== locale) return; // or another one was chosen meanwhile
    this.#language = loaded.language;
    if (typeof document !== 'undefined') document.documentElement.lang = locale;
  }
}

function read(): Locale | undefined {
  const stored = kept(KEY);
  return stored === 'fr' || stored === 'en' ? stored : undefined;
}

export const locale = new LocaleState();
