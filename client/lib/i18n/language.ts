import type { Locale } from '#shared/accounts/schemas.ts';
import type { Words } from '#shared/messages/words.ts';
import type { Messages } from './messages/shape.ts';

/** Everything that a page says in one language: its own texts, and the domain's words that both ends share. */
export interface Language {
  readonly locale: Locale;
  readonly texts: Messages;
  readonly words: Words;
}
