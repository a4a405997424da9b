import type { Board } from './board.svelte.ts';
import type { Hands } from './hands.svelte.ts';
import { cardAfter, isArrow } from './navigation.ts';
import type { Column } from './view.ts';

interface Around {
  board: Board;
  hands: Hands;
  /** The columns in sight. */
  columns: readonly Column[];
  /** One column in sight: Space lists the moves instead of lifting. */
  phone: boolean;
  focus: (id: string) => void;
}

/** Answers a key on a card; true when it was one of the board's. */
export function pressed(event: KeyboardEvent, around: Around): boolean {
  const id = cardOf(event.target);
  if (id === undefined || event.ctrlKey || event.metaKey || event.altKey) return false;
  const { lift, mover } = around.board;
  if (lift.card?.by === 'keyboard') return held(event.key, id, around);
  if (event.key === 'Escape' && mover.notice) {
    mover.dismiss();
    return true;
  }
  return !isForButton(event) && free(event.key, id, around);
}

function cardOf(target: EventTarget | null): string | undefined {
  return target instanceof Element ? target.closest<HTMLElement>('[data-card]')?.dataset.card : undefined;
}

/** Space and Enter on a card's own button are the button's. */
function isForButton({ key, target }: KeyboardEvent): boolean {
  return target instanceof HTMLButtonElement && (key === ' ' || key === 'Enter');
}

function free(key: string, id: string, { board, hands, columns, phone, focus }: Around): boolean {
  if (isArrow(key)) {
    focus(
      cardAfter(
        columns.map(({ status, cards }) => ({ status, ids: cards.map(({ card }) => card.id) })),
        id,
        key,
      ),
    );
    return true;
  }
  if (key === 'm' || key === 'ContextMenu' || (phone && key === ' ')) {
    if (board.mayMove) hands.menu = id;
    return board.mayMove;
  }
  if (key !== ' ') return false;
  hands.take(id, 'keyboard');
  return true;
}

/** While a card is lifted every key is about it: nothing else may happen behind. */
function held(key: string, id: string, { board, hands, focus }: Around): boolean {
  if (key === 'ArrowLeft' || key === 'ArrowRight') hands.choose(key);
  else if (key === 'Escape') hands.cancel();
  else if (key === ' ' || key === 'Enter') void hands.drop(board.lift.over).then(() => focus(id));
  else if (key === 'Tab') {
    hands.cancel();
    return false;
  }
  return true;
}
