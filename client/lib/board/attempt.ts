import { z } from 'zod';
import type { Refusal } from '#shared/errors.ts';
import { DossierCard, DossierChanged, type Dossier } from '#shared/dossiers/schemas.ts';
import type { Status } from '#shared/dossiers/statuses.ts';
import { ApiError, refusalsIn } from '../api/failures.ts';

/** A step that somebody tries, on the state that he saw. */
export interface Attempt {
  id: string;
  target: Status;
  version: number;
  comment?: string;
}

/** Why a move did not happen; the card is where it was. */
export type Failure =
  | { kind: 'refused'; reasons: readonly Refusal[] }
  | { kind: 'changed'; current: DossierCard; changes: DossierChanged['changes'] }
  | { kind: 'failed'; error: unknown };

/** What stands beside a card until it is read: what was tried and why it did not happen. */
export type Notice = Failure & {
  id: string;
  /** What was wished for; undefined when no column was chosen yet, or a move was to be taken back. */
  target: Status | undefined;
};

/** What a failed call means for the card: every unmet condition, who was quicker, or that nothing reached the server. */
export function failureOf(error: unknown): Failure {
  const reasons = refusalsIn(error);
  if (reasons.length > 0) return { kind: 'refused', reasons };
  const changed = error instanceof ApiError && error.code === 'dossier.changed' ? DossierChanged.safeParse(error.details) : undefined;
  if (changed?.success) return { kind: 'changed', current: cardOf(changed.data.current), changes: changed.data.changes };
  return { kind: 'failed', error };
}

const CardOfDossier = z.object(DossierCard.shape);

/** The card of a whole dossier: the board keeps no more of it. */
export function cardOf(dossier: Dossier): DossierCard {
  return CardOfDossier.parse(dossier);
}
