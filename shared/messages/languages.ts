import type { Locale } from '../accounts/schemas.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import type { Words } from './words.ts';

const LANGUAGES: Readonly<Record<Locale, Words>> = { fr, en };

/** The domain's words in a language. For the server, which speaks all; a page loads its own language only. */
export function wordsOf(locale: Locale): Words {
  return LANGUAGES[locale];
}
