import type { LightReason } from '../qa/machine-light.ts';
import type { QaWords } from './qa-words.ts';

/** A reason of a light as a sentence. `instant` puts an instant in words, in the site's zone. */
export function lightSentence(reason: LightReason, words: QaWords, instant: (ms: number) => string): string {
  // The table has one function per code; the compiler does not follow that the function chosen is the reason's own.
  return (words.light(instant)[reason.code] as (reason: LightReason) => string)(reason);
}
