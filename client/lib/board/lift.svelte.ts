import type { DossierCard, Move } from '#shared/dossiers/schemas.ts';
import type { Status } from '#shared/dossiers/statuses.ts';

export interface Point {
  x: number;
  y: number;
}

/** A card in somebody's hand. */
export interface Lifted {
  id: string;
  /** The state that the person sees: it goes with the move, and follows what is shown while the card is held. */
  version: number;
  from: Status;
  by: 'pointer' | 'keyboard';
  /** Where the hand holds the card, and how wide it was. */
  grip?: Point & { width: number };
}

/** The card that is lifted, over which column it is, and what the server says of its steps. */
export class Lift {
  card = $state.raw<Lifted>();
  at = $state.raw<Point>({ x: 0, y: 0 });
  over = $state<Status>();
  /** What the server answered; undefined while it is asked. */
  moves = $state.raw<readonly Move[]>();
  #ask: (id: string) => Promise<readonly Move[]>;
  #answer: Promise<readonly Move[] | undefined> = Promise.resolve(undefined);

  constructor(ask: (id: string) => Promise<readonly Move[]>) {
    this.#ask = ask;
  }

  /** The server's answer for the card in the hand, when it is there; undefined when it could not be had. */
  get answer(): Promise<readonly Move[] | undefined> {
    return this.#answer;
  }

  take(card: Lifted): void {
    this.card = card;
    this.over = card.from;
    this.moves = undefined;
    this.ask();
  }

  /** Asks for the steps of the lifted card; again whenever something changed that they may depend on. */
  ask(): void {
    const card = this.card;
    if (!card) return;
    this.#answer = this.#ask(card.id).then(
      (moves) => {
        if (this.card?.id === card.id) this.moves = moves;
        return moves;
      },
      () => undefined, // the move itself will say what is wrong
    );
  }

  /** The dossier changed under the hand. True when it is elsewhere now: the card is not held any more. */
  follow(card: DossierCard): boolean {
    if (this.card?.id !== card.id || card.version <= this.card.version) return false;
    if (card.status !== this.card.from) {
      this.release();
      return true;
    }
    this.card = { ...this.card, version: card.version };
    this.ask();
    return false;
  }

  release(): void {
    this.card = undefined;
    this.over = undefined;
    this.moves = undefined;
  }
}
