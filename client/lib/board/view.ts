import type { Refusal } from '#shared/errors.ts';
import type { Role } from '#shared/roles.ts';
import type { DossierCard } from '#shared/dossiers/schemas.ts';
import { STATUSES, type Status } from '#shared/dossiers/statuses.ts';
import type { Workflow } from '#shared/dossiers/workflow-schemas.ts';
import { isMine, type Unmet } from '#shared/dossiers/workflow.ts';
import { blockersOf, machineMarkOf, type LightTable, type MachineMark } from './blocked.ts';
import { byStay, type Cards } from './cards.ts';
import { passes, type Filters } from './filters.ts';
import type { Pending } from './mover.svelte.ts';

/** A card as the board shows it. */
export interface Shown {
  card: DossierCard;
  blockers: readonly (Unmet | Refusal)[];
  mine: boolean;
  /** What is to be known of its machine although it blocks nothing: two people lifted the block, or the source of its light is silent. */
  machineMark: MachineMark | undefined;
  /** Moved here on the screen, not yet by the server. */
  pending: boolean;
}

export interface Column {
  status: Status;
  cards: readonly Shown[];
  blocked: number;
}

export interface Sight {
  lights: LightTable | undefined;
  /** Blocked as of this instant. */
  at: number;
  workflow: Workflow | undefined;
  role: Role | undefined;
}

/** Every card as it is shown: moves under way lie over what the server holds. */
export function shownCards(cards: Cards, pending: ReadonlyMap<string, Pending>, sight: Sight): Shown[] {
  const shown: Shown[] = [];
  for (const held of cards.values()) {
    const move = pending.get(held.id);
    const card = move ? { ...held, status: move.target, enteredAt: move.enteredAt, dueAt: null } : held;
    const blockers = blockersOf(card, sight.lights, sight.at);
    const mine = sight.workflow !== undefined && sight.role !== undefined && isMine(sight.workflow, card.status, sight.role);
    const machineMark = machineMarkOf(card, sight.lights, sight.at);
    shown.push({ card, blockers, mine, machineMark, pending: move !== undefined });
  }
  return shown.sort((a, b) => byStay(a.card, b.card));
}

/** The columns of the board, of the cards that pass the filters. The newest closed dossier stands first: the oldest interest nobody. */
export function columnsOf(shown: readonly Shown[], filters: Filters, text: string): Column[] {
  const byStatus = new Map<Status, Shown[]>(STATUSES.map((status) => [status, []]));
  for (const one of shown) {
    if (passes(one.card, { mine: one.mine, blocked: one.blockers.length > 0 }, filters, text)) byStatus.get(one.card.status)?.push(one);
  }
  byStatus.get('CLOTURE')?.reverse();
  return STATUSES.map((status) => {
    const cards = byStatus.get(status) ?? [];
    return { status, cards, blocked: cards.filter(({ blockers }) => blockers.length > 0).length };
  });
}

/** How many open dossiers there are, mine, and blocked, whatever is filtered. */
export function totalsOf(shown: readonly Shown[]): { open: number; mine: number; blocked: number } {
  const open = shown.filter(({ card }) => card.status !== 'CLOTURE');
  return {
    open: open.length,
    mine: open.filter(({ mine }) => mine).length,
    blocked: open.filter(({ blockers }) => blockers.length > 0).length,
  };
}
