import type { QaWords } from '#shared/messages/qa-words.ts';
import type { Words } from '#shared/messages/words.ts';
import { locale } from './locale.svelte.ts';
import type { Messages } from './messages/shape.ts';

/** The texts of the client in the current language: `m.board.title`. Read it in markup or in `$derived`, so that it follows a change. */
export const m: Messages = {
  get admin() {
    return locale.language.texts.admin;
  },
  get board() {
    return locale.language.texts.board;
  },
  get dossier() {
    return locale.language.texts.dossier;
  },
  get machines() {
    return locale.language.texts.machines;
  },
  get notifications() {
    return locale.language.texts.notifications;
  },
  get pacs() {
    return locale.language.texts.pacs;
  },
  get patients() {
    return locale.language.texts.patients;
  },
  get qa() {
    return locale.language.texts.qa;
  },
  get screens() {
    return locale.language.texts.screens;
  },
  get session() {
    return locale.language.texts.session;
  },
  get shell() {
    return locale.language.texts.shell;
  },
  get ui() {
    return locale.language.texts.ui;
  },
  get wall() {
    return locale.language.texts.wall;
  },
};

/** The domain's words, which both ends share: statuses, roles, items, lights. */
export function words(): Words {
  return locale.language.words;
}

/** Words of quality control, which both ends share: types, states, the sentences of a light. */
export function qaWords(): QaWords {
  return locale.language.qa;
}
