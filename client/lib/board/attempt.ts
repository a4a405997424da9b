import type { Refusal } from '#shared/errors.ts';
import type { Dossier, DossierCard, DossierChanged } from '#shared/dossiers/schemas.ts';
import type { Status } from '#shared/dossiers/statuses.ts';
import { detailsOf, refusalsIn } from '../api/failures.ts';

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
  const changed = detailsOf<DossierChanged>(error, 'dossier.changed');
  if (changed) return { kind: 'changed', current: cardOf(changed.current), changes: changed.changes };
  return { kind: 'failed', error };
}

const ON_CARD: Readonly<Record<keyof DossierCard, true>> = {
  id: true,
  number: true,
  version: true,
  status: true,
  enteredAt: true,
  createdAt: true,
  dueAt: true,
  priority: true,
  patient: true,
  machine: true,
  protocol: true,
  pathology: true,
  referringPhysician: true,
  tags: true,
  clearance: true,
  blocked: true,
  sessions: true,
};

/** The card of a whole dossier: the board keeps no more of it. */
export function cardOf(dossier: Dossier): DossierCard {
  return Object.fromEntries(Object.entries(dossier).filter(([key]) => Object.hasOwn(ON_CARD, key))) as DossierCard; // every key of a card, by its type
}
