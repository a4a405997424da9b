import type { Locale } from '#shared/accounts/schemas.ts';

/** Parts of an instant, in words. */
export interface Pieces {
  weekday: string;
  day: string;
  month: string;
  year: string;
  time: string;
}

interface LanguageFormats {
  tag: string;
  parts: Intl.DateTimeFormatOptions;
  seconds: Intl.DateTimeFormatOptions;
  long: Intl.DateTimeFormatOptions;
}

const FORMATS: Omit<LanguageFormats, 'tag'> = {
  parts: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  seconds: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  long: { weekday: 'long', day: 'numeric', month: 'long' },
};

export const LANGUAGE_FORMATS: Record<Locale, LanguageFormats> = {
  fr: { tag: 'fr-FR', ...FORMATS },
  en: { tag: 'en-GB', ...FORMATS },
};
