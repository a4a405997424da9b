import type { Dossier, DossierCard } from '#shared/dossiers/schemas.ts';
import type { Status } from '#shared/dossiers/statuses.ts';
import { emptyMap, isoOf, Timers, without, withEntry } from './maps.ts';
import { cardOf, failureOf, type Attempt, type Failure, type Notice } from './attempt.ts';

/** A move that was made on the screen and not yet by the server. */
export interface Pending {
  target: Status;
  /** Since when the card would be there (ISO). */
  enteredAt: string;
}

/** The own last move of a card, while it can be taken back. */
export interface Undo {
  version: number;
  back: Status;
}

export interface MoverDoor {
  move: (attempt: Attempt) => Promise<Dossier>;
  undo: (id: string, version: number) => Promise<Dossier>;
  held: (id: string) => DossierCard | undefined;
  put: (card: DossierCard) => void;
  /** Shows a change in which these cards may travel. */
  around: (ids: readonly string[], apply: () => void) => void;
  /** The server's time (epoch ms). */
  now: () => number;
  /** The result, for what follows on the screen. */
  done: (card: DossierCard, result: { undo?: { lastsMs: number } | undefined; undone: boolean }) => void;
  failed: (notice: Notice) => void;
}

/**
 * Moves cards: at once on the screen, then on the server. What the server holds is never changed before it answers: a pending move only lies
 * over it, so that taking it away puts the card to its real place, wherever that is by then.
 */
export class Mover {
  pending = $state.raw<ReadonlyMap<string, Pending>>(emptyMap());
  undos = $state.raw<ReadonlyMap<string, Undo>>(emptyMap());
  /** The last move that did not happen. */
  notice = $state.raw<Notice>();
  #door: MoverDoor;
  #timers = new Timers();

  constructor(door: MoverDoor) {
    this.#door = door;
  }

  /** Tries a step; does nothing while another one of the same card is under way. */
  async move(attempt: Attempt): Promise<void> {
    const card = this.#door.held(attempt.id);
    if (!card || this.pending.has(card.id)) return;
    await this.#send(card, attempt.target, attempt.target, () => this.#door.move(attempt));
  }

  /** Takes the own last move of a card back. */
  async undo(id: string): Promise<void> {
    const card = this.#door.held(id);
    const undo = this.undos.get(id);
    if (!card || !undo || this.pending.has(id)) return;
    this.forgetUndo(id);
    await this.#send(card, undo.back, undefined, () => this.#door.undo(id, undo.version));
  }

  /** Says why a move is not even sent: the server told so when the card was lifted. */
  refuse(id: string, target: Status | undefined, failure: Failure): void {
    this.#fail({ id, target, ...failure });
  }

  dismiss(): void {
    this.notice = undefined;
  }

  /** Something else happened to a card: its last move can no longer be taken back. */
  overtaken(id: string, version: number): void {
    const undo = this.undos.get(id);
    if (undo && version > undo.version) this.forgetUndo(id);
  }

  forgetUndo(id: string): void {
    this.#timers.clear(id);
    this.undos = without(this.undos, id);
  }

  stop(): void {
    this.#timers.stop();
  }

  async #send(card: DossierCard, shownIn: Status, target: Status | undefined, send: () => Promise<Dossier>): Promise<void> {
    const { id } = card;
    this.forgetUndo(id);
    if (this.notice?.id === id) this.notice = undefined;
    const enteredAt = isoOf(this.#door.now());
    this.#door.around([id], () => (this.pending = withEntry(this.pending, id, { target: shownIn, enteredAt })));
    try {
      const dossier = await send();
      this.#settle(cardOf(dossier));
      const lastsMs = target === undefined || dossier.undoUntil === null ? 0 : Date.parse(dossier.undoUntil) - this.#door.now();
      if (lastsMs > 0) this.#offerUndo(id, { version: dossier.version, back: card.status }, lastsMs);
      this.#door.done(cardOf(dossier), { undone: target === undefined, undo: lastsMs > 0 ? { lastsMs } : undefined });
    } catch (error) {
      const failure = failureOf(error);
      this.#settle(failure.kind === 'changed' ? failure.current : undefined, id);
      this.#fail({ id, target, ...failure });
    }
  }

  /** Takes the pending move away: the card is where the server has it. */
  #settle(card: DossierCard | undefined, id = card?.id ?? ''): void {
    this.#door.around([id], () => {
      if (card) this.#door.put(card);
      this.pending = without(this.pending, id);
    });
  }

  #offerUndo(id: string, undo: Undo, lastsMs: number): void {
    this.undos = withEntry(this.undos, id, undo);
    this.#timers.set(id, () => this.forgetUndo(id), lastsMs);
  }

  #fail(notice: Notice): void {
    this.notice = notice;
    this.#door.failed(notice);
  }
}
