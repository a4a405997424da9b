import type { Locale } from '#shared/accounts/schemas.ts';
import type { QaWords } from '#shared/messages/qa-words.ts';
import type { Words } from '#shared/messages/words.ts';
import type { Messages } from './messages/shape.ts';

/** Everything that a page says in one language: its own texts, and the words of the domain and of quality control that both ends share. */
export interface Language {
  readonly locale: Locale;
  readonly texts: Messages;
  readonly words: Words;
  readonly qa: QaWords;
}
