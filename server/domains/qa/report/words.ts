import { qaPageWordsOf, type QaPageWords } from '#shared/messages/qa-pages.ts';
import type { QaWords } from '#shared/messages/qa-words.ts';
import { qaWordsOf } from '#shared/messages/qa.ts';
import { siteZone } from '../site.ts';

/** How a report says things: its words, dates in the site's zone, percents. */
export interface Sayings {
  readonly words: QaPageWords['report'];
  readonly qa: QaWords;
  /** A day or a date-time of the site's clock. */
  readonly wall: (text: string | null) => string;
  readonly instant: (at: Date) => string;
  readonly percent: (rate: number) => string;
  readonly hours: (minutes: number) => string;
}

export function sayingsOf(locale: 'fr' | 'en'): Sayings {
  const format = new Intl.DateTimeFormat(locale === 'fr' ? 'fr-FR' : 'en-GB', {
    timeZone: siteZone(),
    dateStyle: 'short',
    timeStyle: 'short',
  });
  const number = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: false });
  return {
    words: qaPageWordsOf(locale).report,
    qa: qaWordsOf(locale),
    wall: (text) => {
      if (text === null) return '';
      const day = `${text.slice(8, 10)}/${text.slice(5, 7)}/${text.slice(0, 4)}`;
      return text.length > 10 ? `${day} ${text.slice(11, 16)}` : day;
    },
    instant: (at) => format.format(at).replaceAll('\u202F', ' '),
    percent: (rate) => `${number.format(rate)} %`,
    hours: (minutes) => number.format(minutes / 60),
  };
}
