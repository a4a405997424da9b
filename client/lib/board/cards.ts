import type { DossierCard } from '#shared/dossiers/schemas.ts';

/** The dossiers that a board knows, by identifier. */
export type Cards = ReadonlyMap<string, DossierCard>;

export const NO_CARDS: Cards = new Map();

/** Puts cards in; one that is older than the card held is dropped: an answer and an event may overtake each other. */
export function merged(held: Cards, incoming: Iterable<DossierCard>): Cards {
  const next = new Map(held);
  for (const card of incoming) {
    const known = next.get(card.id);
    if (!known || card.version >= known.version) next.set(card.id, card);
  }
  return next;
}

/** Without the open cards that a whole list of them does not name; `kept` names them, and those that something happened to while it was read. */
export function withoutGone(held: Cards, kept: readonly string[]): Cards {
  const ids = new Set(kept);
  return new Map([...held].filter(([id, card]) => isClosed(card) || ids.has(id)));
}

/** The order of a column: the longest in its status first, as the server lists them. */
export function byStay(a: DossierCard, b: DossierCard): number {
  if (a.enteredAt !== b.enteredAt) return a.enteredAt < b.enteredAt ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

/** A dossier that left the open columns. */
export function isClosed(card: DossierCard): boolean {
  return card.status === 'CLOTURE';
}
