import { cardHeight, GAP_PX, MOST_REASON_LINES, offsetsOf, rangeOf, REASON_INSET_PX } from './window.ts';
import type { Shown } from './view.ts';
import { linesOf, reasonMeasure } from './wrap.ts';

export interface Placed {
  shown: Shown;
  index: number;
  top: number;
  height: number;
  lines: number;
}

const fontsReady = $state({ yes: false });
if (typeof document !== 'undefined') void document.fonts?.ready.then(() => (fontsReady.yes = true));

interface Inputs {
  cards: () => readonly Shown[];
  /** What a card says of its reasons. */
  reason: (shown: Shown) => string;
  /** Cards that stay in the document wherever the column is scrolled: the focused one and the lifted one. */
  kept: () => readonly (string | undefined)[];
}

/** The cards of one column that are in the document, and where. */
export class ColumnWindow {
  scrollTop = $state(0);
  height = $state(0);
  width = $state(0);
  #inputs: Inputs;
  /** Sizes follow the browser's own text size. */
  #scale = typeof document === 'undefined' ? 1 : Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;

  constructor(inputs: Inputs) {
    this.#inputs = inputs;
  }

  #lines = $derived.by(() => {
    const room = this.width - REASON_INSET_PX * this.#scale;
    void fontsReady.yes; // widths differ once the face is there
    const measure = reasonMeasure();
    return this.#inputs.cards().map((shown) => Math.min(MOST_REASON_LINES, linesOf(this.#inputs.reason(shown), room, measure)));
  });
  #heights = $derived(this.#lines.map((lines) => cardHeight(lines, this.#scale)));
  #offsets = $derived(offsetsOf(this.#heights, GAP_PX));
  #range = $derived(rangeOf(this.#offsets, this.scrollTop, this.height));

  total = $derived(this.#offsets.at(-1) ?? 0);
  below = $derived(this.#range.below);
  placed = $derived.by((): Placed[] => {
    const cards = this.#inputs.cards();
    const kept = this.#inputs.kept();
    const { start, end } = this.#range;
    const placed: Placed[] = [];
    for (const [index, shown] of cards.entries()) {
      if ((index < start || index >= end) && !kept.includes(shown.card.id)) continue;
      placed.push({ shown, index, top: this.#offsets[index] ?? 0, height: this.#heights[index] ?? 0, lines: this.#lines[index] ?? 0 });
    }
    return placed;
  });
}
