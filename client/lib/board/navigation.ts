import type { Status } from '#shared/dossiers/statuses.ts';

/** A column as the keyboard sees it: its cards in order. */
export interface KeyColumn {
  status: Status;
  ids: readonly string[];
}

export type ArrowKey = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight' | 'Home' | 'End';

const ARROWS: readonly string[] = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End'];

export function isArrow(key: string): key is ArrowKey {
  return ARROWS.includes(key);
}

/** The card to which a key leads; the same one at an end. Left and right go to the same height in the next column that has cards. */
export function cardAfter(columns: readonly KeyColumn[], from: string, key: ArrowKey): string {
  const column = columns.findIndex(({ ids }) => ids.includes(from));
  const ids = columns[column]?.ids ?? [];
  const index = ids.indexOf(from);
  if (index < 0) return from;
  if (key === 'ArrowLeft' || key === 'ArrowRight') {
    const beside = key === 'ArrowLeft' ? columns.slice(0, column).findLast(hasCards) : columns.slice(column + 1).find(hasCards);
    return beside?.ids[Math.min(index, beside.ids.length - 1)] ?? from;
  }
  const wanted = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: ids.length - 1 }[key];
  return ids[Math.max(0, wanted)] ?? from;
}

/** The column to which a lifted card goes with an arrow: among those it may enter and its own, in the board's order. */
export function columnAfter(choices: readonly Status[], from: Status, key: 'ArrowLeft' | 'ArrowRight'): Status {
  const index = choices.indexOf(from);
  if (index < 0) return choices[0] ?? from;
  return choices[key === 'ArrowLeft' ? index - 1 : index + 1] ?? from;
}

function hasCards(column: KeyColumn): boolean {
  return column.ids.length > 0;
}
