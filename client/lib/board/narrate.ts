import { tick } from 'svelte';
import type { Refusal } from '#shared/errors.ts';
import type { DossierCard } from '#shared/dossiers/schemas.ts';
import { failureText } from '../api/index.ts';
import { m, nameOf, words } from '../i18n/index.ts';
import { announcer } from '../ui/announcer.svelte.ts';
import { toasts } from '../ui/toasts.svelte.ts';
import type { Failure, Notice } from './attempt.ts';

/** What the sentences need of the stage. */
interface Stage {
  travel: { inSight: (id: string) => boolean };
  mover: { undo: (id: string) => Promise<void>; refuse: (id: string, target: undefined, failure: Failure) => void };
  nameOf: (id: string) => string;
  reasonsInWords: (reasons: readonly Refusal[]) => Refusal[];
}

/** Says on the screen and to a screen reader what became of a move. */
export const narrate = {
  /** Where the card can be seen, its own line offers the way back; else a toast does. */
  done(stage: Stage, card: DossierCard, { undo, undone }: { undo?: { lastsMs: number } | undefined; undone: boolean }): void {
    const [name, status] = [nameOf(card.patient), words().statuses[card.status]];
    announcer.say(m.board.say.saved(name, status));
    void tick().then(() => {
      if (stage.travel.inSight(card.id)) return;
      toasts.show(
        undone ? m.board.undone(name, status) : m.board.movedTo(name, status),
        undo && (() => void stage.mover.undo(card.id)),
        undo?.lastsMs,
      );
    });
  },

  failed(stage: Stage, notice: Notice): void {
    const name = stage.nameOf(notice.id);
    if (notice.kind === 'refused')
      announcer.say(
        m.board.say.refused(
          name,
          stage
            .reasonsInWords(notice.reasons)
            .map((reason) => reason.message)
            .join(' '),
        ),
      );
    else if (notice.kind === 'changed') announcer.say(m.board.say.changed(name, words().statuses[notice.current.status]));
    else announcer.say(m.board.say.failed(name, failureText(notice.error)));
  },

  /** Somebody moved the card that is held here: it is gone from the hand. */
  takenAway(stage: Stage, card: DossierCard, by: string): void {
    const change = { by, role: null, at: card.enteredAt, what: 'dossier.moved', subject: null, from: null, to: card.status };
    stage.mover.refuse(card.id, undefined, { kind: 'changed', current: card, changes: [change] });
  },
};
