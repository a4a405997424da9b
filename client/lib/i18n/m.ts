import type { Locale } from '#shared/accounts/schemas.ts';
import { wordsOf } from '#shared/messages/index.ts';
import type { Words } from '#shared/messages/words.ts';
import { locale } from './locale.svelte.ts';
import { en } from './messages/en.ts';
import { fr } from './messages/fr.ts';
import type { Messages } from './messages/shape.ts';
import { spacedAll } from './typography.ts';

const LANGUAGES: Record<Locale, Messages> = { fr: spacedAll<Messages>(fr), en };
const WORDS: Record<Locale, Words> = { fr: spacedAll(wordsOf('fr')), en: wordsOf('en') };

/** The texts of the client in the current language: `m.board.title`. Read it in markup or in `$derived`, so that it follows a change. */
export const m: Messages = {
  get admin() {
    return LANGUAGES[locale.current].admin;
  },
  get board() {
    return LANGUAGES[locale.current].board;
  },
  get dossier() {
    return LANGUAGES[locale.current].dossier;
  },
  get machines() {
    return LANGUAGES[locale.current].machines;
  },
  get pacs() {
    return LANGUAGES[locale.current].pacs;
  },
  get patients() {
    return LANGUAGES[locale.current].patients;
  },
  get screens() {
    return LANGUAGES[locale.current].screens;
  },
  get session() {
    return LANGUAGES[locale.current].session;
  },
  get shell() {
    return LANGUAGES[locale.current].shell;
  },
  get ui() {
    return LANGUAGES[locale.current].ui;
  },
  get wall() {
    return LANGUAGES[locale.current].wall;
  },
};

/** The domain's words, which both ends share: statuses, roles, items, lights. */
export function words(): Words {
  return WORDS[locale.current];
}
