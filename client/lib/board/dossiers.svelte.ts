import type { listDossiersCall } from '#shared/dossiers/api.ts';
import type { DossierFact } from '#shared/dossiers/events.ts';
import type { DossierCard } from '#shared/dossiers/schemas.ts';
import type { Reply } from '#shared/http.ts';
import type { Fact } from '../live/facts.ts';
import { merged, NO_CARDS, withoutGone, type Cards } from './cards.ts';

const PAGE = 500;
/** Facts of one burst are shown together. */
const BURST_MS = 16;
const RETRY_MS = [2000, 5000, 10_000];

type Page = Reply<typeof listDossiersCall>;

export interface DossiersSource {
  watch: (watcher: { onStale: () => void; onEvent: (fact: Fact) => void }) => () => void;
  list: (query: { status?: 'CLOTURE'; cursor?: string; limit: number }, signal: AbortSignal) => Promise<Page>;
}

/** A fact that changed what the board knew, before it is shown. */
export type Noticed = DossierFact & { known: DossierCard | undefined };

export interface DossiersHooks {
  /** Shows a change in which cards may travel from one column to another. */
  around: (ids: readonly string[], apply: () => void) => void;
  noticed: (facts: readonly Noticed[]) => void;
}

/**
 * The cards of the board: fetched page by page while facts are already followed, merged by version, so that neither a slow answer nor an early
 * fact can put a card back.
 */
export class Dossiers {
  cards = $state.raw<Cards>(NO_CARDS);
  /** none: nothing to show yet; some: the first pages are there; all: complete. */
  loaded = $state<'none' | 'some' | 'all'>('none');
  error = $state.raw<unknown>();
  nextTryAt = $state<number>();
  /** How much of the closed dossiers is here: their number is that of the first page until they are unfolded. */
  closed = $state<'none' | 'some' | 'all'>('none');
  #source: DossiersSource;
  #hooks: DossiersHooks;
  #aborter: AbortController | undefined;
  #closedCursor: string | undefined;
  #touched: string[] = [];
  #waiting: DossierFact[] = [];
  #flushing: ReturnType<typeof setTimeout> | undefined;
  #retrying: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(source: DossiersSource, hooks: DossiersHooks) {
    this.#source = source;
    this.#hooks = hooks;
  }

  /** Follows until the returned function is called. */
  start(): () => void {
    const end = this.#source.watch({ onStale: () => void this.reload(), onEvent: (fact) => this.#follow(fact) });
    return () => {
      end();
      this.#aborter?.abort();
      clearTimeout(this.#flushing);
      clearTimeout(this.#retrying);
    };
  }

  /** Reads everything anew; what was shown stays until then. */
  async reload(): Promise<void> {
    this.#aborter?.abort();
    const aborter = (this.#aborter = new AbortController());
    clearTimeout(this.#retrying);
    this.nextTryAt = undefined;
    this.#touched = [];
    try {
      await this.#readOpen(aborter.signal);
      await this.#readClosed(aborter.signal);
    } catch (error) {
      if (!aborter.signal.aborted) this.#failed(error);
    }
  }

  /** Reads the rest of the closed dossiers. */
  async readAllClosed(): Promise<void> {
    const signal = this.#aborter?.signal ?? new AbortController().signal;
    while (this.closed !== 'all' && !signal.aborted) {
      try {
        await this.#readClosedPage(signal);
      } catch {
        return; // the number keeps its plus sign; unfolding again asks again
      }
    }
  }

  /** Puts in what an own call answered with. */
  put(card: DossierCard): void {
    this.#touched.push(card.id);
    this.cards = merged(this.cards, [card]);
  }

  async #readOpen(signal: AbortSignal): Promise<void> {
    const listed: string[] = [];
    let cursor: string | undefined;
    do {
      const page: Page = await this.#source.list({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }, signal);
      if (signal.aborted) return;
      listed.push(...page.items.map((card) => card.id));
      this.cards = merged(this.cards, page.items);
      this.error = undefined;
      if (this.loaded === 'none') this.loaded = 'some';
      cursor = page.next;
    } while (cursor !== undefined);
    this.cards = withoutGone(this.cards, [...listed, ...this.#touched]);
    this.loaded = 'all';
    this.#failures = 0;
  }

  /** The closed ones after the open ones, because few look at them: a page for their number, the rest when they are unfolded. */
  async #readClosed(signal: AbortSignal): Promise<void> {
    const whole = this.closed === 'all' && this.#closedCursor !== undefined;
    this.#closedCursor = undefined;
    this.closed = 'none';
    await this.#readClosedPage(signal);
    if (whole) await this.readAllClosed();
  }

  async #readClosedPage(signal: AbortSignal): Promise<void> {
    const cursor = this.#closedCursor === undefined ? {} : { cursor: this.#closedCursor };
    const page = await this.#source.list({ status: 'CLOTURE', limit: PAGE, ...cursor }, signal);
    if (signal.aborted) return;
    this.cards = merged(this.cards, page.items);
    this.#closedCursor = page.next ?? this.#closedCursor;
    this.closed = page.next === undefined ? 'all' : 'some';
  }

  #failed(error: unknown): void {
    this.error = error;
    const delay = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 0;
    this.#failures += 1;
    this.nextTryAt = Date.now() + delay;
    this.#retrying = setTimeout(() => void this.reload(), delay);
  }

  #follow(fact: Fact): void {
    if (fact.type !== 'dossier:created' && fact.type !== 'dossier:moved' && fact.type !== 'dossier:changed') return;
    this.#touched.push(fact.data.card.id);
    this.#waiting.push(fact.data);
    this.#flushing ??= setTimeout(() => this.#flush(), BURST_MS);
  }

  #flush(): void {
    this.#flushing = undefined;
    const facts = this.#waiting;
    this.#waiting = [];
    const noticed = facts
      .map((fact) => ({ ...fact, known: this.cards.get(fact.card.id) }))
      .filter(({ card, known }) => !known || card.version > known.version);
    const cards = merged(
      this.cards,
      facts.map(({ card }) => card),
    );
    const moved = noticed.filter(({ card, known }) => known?.status !== card.status).map(({ card }) => card.id);
    this.#hooks.around(moved, () => {
      this.cards = cards;
      this.#hooks.noticed(noticed);
    });
  }
}
