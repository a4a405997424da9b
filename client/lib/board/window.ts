/** Heights in px of a card at a root font of 16 px; the lines of its CSS add up to them. */
export const CARD_PX = 86;
export const REASON_LINE_PX = 15;
export const REASON_EDGE_PX = 4;
export const GAP_PX = 5;
/** A card shows this many lines of its reason; the whole stands in its title and in the dossier. */
export const MOST_REASON_LINES = 3;
/** What of a column's width is not the text of a reason: edges, padding, mark. */
export const REASON_INSET_PX = 46;

/**
 * Most cards of one column in the document, however tall the screen: nine columns stay under 300 cards
 * (a window on three screens' height of cards is smooth enough).
 */
export const MOST_CARDS = 32;
const OVERSCAN = 6;

/** Height of a card with so many lines of reason; `scale` is the root font over 16 px. */
export function cardHeight(lines: number, scale: number): number {
  const reason = lines === 0 ? 0 : lines * REASON_LINE_PX + REASON_EDGE_PX;
  return Math.round((CARD_PX + reason) * scale);
}

/** Where each card of a column begins, and behind the last one where the column ends. */
export function offsetsOf(heights: readonly number[], gap: number): number[] {
  const offsets = [0];
  let at = 0;
  for (const height of heights) {
    at += height + gap;
    offsets.push(at);
  }
  return offsets;
}

export interface Range {
  /** First card in the document. */
  start: number;
  /** Behind the last one. */
  end: number;
  /** Cards wholly or mostly below what is visible: « + n autres ». */
  below: number;
}

/** The cards that a column puts in the document when it is scrolled so far. */
export function rangeOf(offsets: readonly number[], scrollTop: number, viewPx: number): Range {
  const count = offsets.length - 1;
  const first = indexAt(offsets, scrollTop);
  const lastSeen = indexAt(offsets, scrollTop + viewPx);
  const start = Math.max(0, first - OVERSCAN);
  const end = Math.min(count, start + MOST_CARDS, lastSeen + 1 + OVERSCAN);
  return { start, end, below: count - countSeen(offsets, scrollTop + viewPx) };
}

/** The card at a height, found by halving. */
function indexAt(offsets: readonly number[], y: number): number {
  let low = 0;
  let high = Math.max(0, offsets.length - 2);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((offsets[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Cards of which at least half is above a height. */
function countSeen(offsets: readonly number[], y: number): number {
  const count = offsets.length - 1;
  if (count === 0) return 0;
  const index = indexAt(offsets, y);
  const middle = ((offsets[index] ?? 0) + (offsets[index + 1] ?? 0)) / 2;
  return middle <= y ? index + 1 : index;
}
