import type { Status } from '#shared/dossiers/statuses.ts';
import type { Board } from './board.svelte.ts';
import { dragging } from './dragging.ts';
import { Edges } from './edges.ts';
import type { Hands } from './hands.svelte.ts';
import type { Point } from './lift.svelte.ts';

interface Around {
  board: Board;
  hands: Hands;
  /** One column is in sight at a time. */
  single: () => boolean;
}

/** Lets the pointer drag the cards of a board, until the returned function is called. */
export function pointing(root: HTMLElement, { board, hands, single }: Around): () => void {
  const edges = new Edges(root);
  const statusAt = ({ x, y }: Point): Status | undefined => {
    const name = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-column]')?.dataset.column;
    return board.columns.find(({ status }) => status === name)?.status;
  };
  const end = dragging(root, {
    take(id, at, card) {
      if (single()) {
        if (board.mayMove) hands.menu = id; // no other column is in sight: the steps as a list instead
        return false;
      }
      const rect = card.getBoundingClientRect();
      return hands.take(id, 'pointer', { x: at.x - rect.x, y: at.y - rect.y, width: rect.width });
    },
    move(at) {
      hands.hover(at, statusAt(at));
      edges.near(at);
    },
    drop(at) {
      edges.stop();
      const preview = document.querySelector('[data-preview]')?.getBoundingClientRect();
      if (board.lift.card && preview) board.travel.startFrom(board.lift.card.id, preview);
      void hands.drop(statusAt(at));
    },
    cancel() {
      edges.stop();
      hands.cancel();
    },
  });
  return () => {
    edges.stop();
    end();
  };
}
