import type { Move } from '#shared/dossiers/schemas.ts';
import type { ItemCode, Status } from '#shared/dossiers/statuses.ts';
import type { Refusal } from '#shared/errors.ts';
import { m, words } from '../i18n/index.ts';
import { announcer } from '../ui/announcer.svelte.ts';
import type { Board } from './board.svelte.ts';
import { choicesIn, gatesFor, type Gate } from './gates.ts';
import { emptyMap, withEntry } from './maps.ts';
import { columnAfter } from './navigation.ts';
import type { Lifted, Point } from './lift.svelte.ts';

/** A move back that waits for its comment. */
export interface BackMove {
  id: string;
  from: Status;
  target: Status;
  version: number;
  revokes: readonly ItemCode[];
}

/** What a person does with the cards: by pointer, by keyboard, from the menu. All three end in the same attempt. */
export class Hands {
  /** The dialog that asks for a comment. */
  back = $state.raw<BackMove>();
  /** The card whose moves are listed. */
  menu = $state<string>();
  /** Comments of moves back that did not happen: nobody types them twice. */
  comments = $state.raw<ReadonlyMap<string, string>>(emptyMap());
  #board: Board;

  constructor(board: Board) {
    this.#board = board;
  }

  /** Lifts a card; false when it may not be. */
  take(id: string, by: Lifted['by'], grip?: Lifted['grip']): boolean {
    const { lift, mover } = this.#board;
    const card = this.#board.cardOf(id);
    if (!card || !this.#board.mayMove || mover.pending.has(id) || lift.card) return false;
    this.menu = undefined;
    mover.dismiss();
    lift.take({ id, version: card.version, from: card.status, by, ...(grip ? { grip } : {}) });
    announcer.say(m.board.say.lifted(this.#board.nameOf(id), words().statuses[card.status]));
    if (by === 'keyboard') void lift.answer.then((moves) => this.#sayMoves(id, moves));
    return true;
  }

  /** The pointer is over a column, or over none. */
  hover(at: Point, status: Status | undefined): void {
    this.#board.lift.at = at;
    this.#board.lift.over = status;
  }

  /** The keyboard chooses the next column that may be entered. */
  choose(key: 'ArrowLeft' | 'ArrowRight'): void {
    const { lift, gates } = this.#board;
    if (!lift.card || !gates) return;
    const next = columnAfter(choicesIn(gates), lift.over ?? lift.card.from, key);
    lift.over = next;
    const name = words().statuses[next];
    announcer.say(next === lift.card.from ? m.board.say.own(name) : m.board.say.over(name, m.board.dossiers(this.#board.countIn(next))));
  }

  /** Lets go of the card over a column, or over none. */
  async drop(target: Status | undefined): Promise<void> {
    const { lift } = this.#board;
    const { card } = lift;
    if (!card) return;
    if (target === undefined || target === card.from) return this.cancel();
    const answer = lift.answer;
    const gate = this.#board.gates?.[target];
    lift.release();
    if (gate) await this.#enter(card, target, gate, answer);
  }

  cancel(): void {
    const { card } = this.#board.lift;
    if (!card) return;
    this.#board.lift.release();
    announcer.say(m.board.say.cancelled(this.#board.nameOf(card.id)));
  }

  /** A step chosen from the list of moves. */
  pick(id: string, version: number, move: Move): void {
    const from = this.#board.cardOf(id)?.status;
    this.menu = undefined;
    if (from === undefined) return;
    void this.#enter({ id, version, from }, move.target, gatesFor(from, [move], undefined)[move.target], Promise.resolve([move]));
  }

  /** The comment of a move back was given. */
  confirmBack(comment: string): void {
    const { back } = this;
    if (!back) return;
    this.back = undefined;
    this.comments = withEntry(this.comments, back.id, comment);
    void this.#board.mover.move({ id: back.id, target: back.target, version: back.version, comment });
  }

  async #enter(
    card: { id: string; version: number; from: Status },
    target: Status,
    gate: Gate,
    answer: Promise<readonly Move[] | undefined>,
  ): Promise<void> {
    const { mover } = this.#board;
    if (!this.#board.mayMove) return;
    if (gate.kind === 'no-step') return mover.refuse(card.id, target, { kind: 'refused', reasons: [noStep(card.from, target)] });
    if (gate.kind === 'refused') return mover.refuse(card.id, target, { kind: 'refused', reasons: gate.reasons });
    if (gate.kind === 'own') return;
    if (gate.direction === 'back') {
      // Dropped before the answer was there: what it revokes must be known before it is confirmed.
      const revokes = gate.kind === 'open' ? gate.revokes : (await answer)?.find((move) => move.target === target)?.revokes;
      this.back = { id: card.id, from: card.from, target, version: card.version, revokes: revokes ?? [] };
      return;
    }
    announcer.say(m.board.say.dropped(this.#board.nameOf(card.id), words().statuses[target]));
    await mover.move({ id: card.id, target, version: card.version });
  }

  #sayMoves(id: string, moves: readonly Move[] | undefined): void {
    if (this.#board.lift.card?.id !== id || !moves) return;
    const statuses = words().statuses;
    const allowed = moves.filter((move) => move.allowed).map((move) => statuses[move.target]);
    const shut = moves
      .filter((move) => !move.allowed)
      .map((move) => m.board.say.shut(statuses[move.target], this.#inOneLine(move.reasons)));
    announcer.say([allowed.length > 0 ? m.board.say.allowed(allowed.join(', ')) : m.board.say.noneAllowed, ...shut].join(' '));
  }

  #inOneLine(reasons: readonly Refusal[]): string {
    return this.#board
      .reasonsInWords(reasons)
      .map((reason) => reason.message)
      .join(' ');
  }
}

function noStep(from: Status, target: Status): Refusal {
  return { rule: 'transition', message: '', params: { from, target } };
}
