import { qaEn } from './qa-en.ts';
import { qaFr } from './qa-fr.ts';
import type { QaWords } from './qa-words.ts';

/** Words of quality control in a language. For the server, which speaks both; a page loads `qa-fr.ts` or `qa-en.ts` alone. */
export function qaWordsOf(locale: 'fr' | 'en'): QaWords {
  return locale === 'fr' ? qaFr : qaEn;
}
