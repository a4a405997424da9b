import type { LightReason } from '../qa/machine-light.ts';
import { qaEn } from './qa-en.ts';
import { qaFr } from './qa-fr.ts';
import type { QaWords } from './qa-words.ts';

/** Words of quality control in a language. */
export function qaWordsOf(locale: 'fr' | 'en'): QaWords {
  return locale === 'fr' ? qaFr : qaEn;
}

/** A reason of a light as a sentence. */
export function lightSentence(reason: LightReason, locale: 'fr' | 'en', instant: (ms: number) => string): string {
  const sentences = qaWordsOf(locale).light(instant);
  // The table has one function per code; the compiler does not follow that the code chosen is the reason's own.
  return (sentences[reason.code] as (reason: LightReason) => string)(reason);
}
