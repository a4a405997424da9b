import type { DossierCard, Move } from '#shared/dossiers/schemas.ts';
import type { Status } from '#shared/dossiers/statuses.ts';
import { inWords } from '#shared/messages/sentences.ts';
import type { Refusal } from '#shared/errors.ts';
import type { Unmet } from '#shared/dossiers/workflow.ts';
import { nameOf, spaced, words } from '../i18n/index.ts';
import { live } from '../live/index.ts';
import { session } from '../session/session.svelte.ts';
import { pageSearch } from '../shell/page-search.svelte.ts';
import { Arrivals } from './arrivals.svelte.ts';
import { boundariesOf, lastPassed } from './blocked.ts';
import { Dossiers, type Noticed } from './dossiers.svelte.ts';
import { choicesOf, NO_FILTERS, type Filters } from './filters.ts';
import { gatesFor } from './gates.ts';
import { Lift } from './lift.svelte.ts';
import { Mover } from './mover.svelte.ts';
import { narrate } from './narrate.ts';
import { dossiersSource, lightsResource, machinesResource, moves, workflowResource } from './sources.ts';
import { Travel } from './travel.ts';
import { columnsOf, shownCards, totalsOf } from './view.ts';

/** All that the board shows and does; the components only show it. */
export class Board {
  filters = $state.raw<Filters>(NO_FILTERS);
  /** The search of the bar; it stays out of the address. */
  text = $derived(pageSearch.text);
  /** The card that the keyboard is on. */
  focused = $state<string>();

  /** A card that is to be brought into view and focused. */
  wanted = $state<string>();

  machines = machinesResource();
  lights = lightsResource();
  workflow = workflowResource();
  travel = new Travel();
  arrivals = new Arrivals();
  lift = new Lift((id) => moves.list(id));
  dossiers = new Dossiers(dossiersSource, { around: this.travel.around, noticed: (facts) => this.#noticed(facts) });
  mover = new Mover({
    ...moves,
    held: (id) => this.dossiers.cards.get(id),
    put: (card) => this.dossiers.put(card),
    around: this.travel.around,
    now: () => live.serverTime(),
    done: (card, result) => narrate.done(this, card, result),
    failed: (notice) => narrate.failed(this, notice),
  });

  #boundaries = $derived(boundariesOf(this.dossiers.cards.values(), this.lights.data));
  /** Changes only when something falls due, not each second. */
  #asOf = $derived(lastPassed(this.#boundaries, live.now));
  #shown = $derived(
    shownCards(this.dossiers.cards, this.mover.pending, {
      lights: this.lights.data,
      at: this.#asOf,
      workflow: this.workflow.data,
      role: session.role,
    }),
  );
  columns = $derived(columnsOf(this.#shown, this.filters, this.text));
  totals = $derived(totalsOf(this.#shown));
  /** What every column says to the lifted card. */
  gates = $derived(this.lift.card && gatesFor(this.lift.card.from, this.lift.moves, this.workflow.data));
  pathologies = $derived(choicesOf(this.#open().map((card) => card.pathology)));
  protocols = $derived(choicesOf(this.#open().map((card) => card.protocol)));
  physicians = $derived(choicesOf(this.#open().map((card) => card.referringPhysician)));

  /** Follows the server until the returned function is called. */
  start(): () => void {
    const ends = [this.dossiers.start(), this.machines.start(), this.lights.start(), this.workflow.start()];
    return () => {
      for (const end of ends) end();
      this.mover.stop();
      this.arrivals.stop();
    };
  }

  /** Whether this person may move cards, and the server can be reached. */
  get mayMove(): boolean {
    return session.can('dossiers:move') && !live.lost;
  }

  cardOf(id: string): DossierCard | undefined {
    return this.dossiers.cards.get(id);
  }

  nameOf(id: string): string {
    const card = this.cardOf(id);
    return card ? nameOf(card.patient) : '';
  }

  /** Reasons in the current language; the machine by the name that the registry gives it now. */
  reasonsInWords(unmet: readonly (Unmet | Refusal)[]): Refusal[] {
    const worded = inWords(unmet, words(), (id) => this.machines.data?.get(id)?.shortName ?? id);
    // A rule that this build does not know keeps the server's sentence.
    const known = worded.map((one, index) => (one.message === one.rule ? { ...one, ...unmet[index] } : one));
    return known.map((one) => ({ ...one, message: spaced(one.message) }));
  }

  /** Brings a card into view and puts the focus there. */
  show(id: string): void {
    this.wanted = id;
  }

  clearSearch(): void {
    pageSearch.text = '';
  }

  /** Asks the server for the steps of a card. */
  movesOf(id: string): Promise<readonly Move[]> {
    return moves.list(id);
  }

  countIn(status: Status): number {
    return this.columns.find((column) => column.status === status)?.cards.length ?? 0;
  }

  #open(): DossierCard[] {
    return [...this.dossiers.cards.values()].filter((card) => card.status !== 'CLOTURE');
  }

  #noticed(facts: readonly Noticed[]): void {
    const me = session.current?.user.name;
    for (const { card, by } of facts) {
      const own = by === me || this.mover.pending.has(card.id);
      if (!own) this.arrivals.note(card.id, by);
      this.mover.overtaken(card.id, card.version);
      if (this.lift.follow(card)) narrate.takenAway(this, card, by);
    }
  }
}
