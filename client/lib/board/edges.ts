import type { Point } from './lift.svelte.ts';

const EDGE_PX = 56;
const MOST_PX_PER_FRAME = 18;

/** Scrolls a board sideways while a card is held near one of its edges. */
export class Edges {
  #board: HTMLElement;
  #speed = 0;
  #frame: number | undefined;

  constructor(board: HTMLElement) {
    this.#board = board;
  }

  near(at: Point): void {
    const { left, right } = this.#board.getBoundingClientRect();
    this.#speed = speedAt(at.x, left, right);
    if (this.#speed !== 0) this.#frame ??= requestAnimationFrame(() => this.#step());
  }

  stop(): void {
    this.#speed = 0;
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  #step(): void {
    this.#frame = undefined;
    if (this.#speed === 0) return;
    this.#board.scrollLeft += this.#speed;
    this.#frame = requestAnimationFrame(() => this.#step());
  }
}

/** Faster the nearer; nothing in the middle. */
function speedAt(x: number, left: number, right: number): number {
  const pace = (distance: number) => Math.ceil(MOST_PX_PER_FRAME * Math.min(1, (EDGE_PX - distance) / EDGE_PX));
  if (x - left < EDGE_PX) return -pace(x - left);
  return right - x < EDGE_PX ? pace(right - x) : 0;
}
