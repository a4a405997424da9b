import type { Point } from './lift.svelte.ts';

/** A mouse that moved this far drags; a finger that moved this far before the long press scrolls. */
const DRAG_PX = 6;
const LONG_PRESS_MS = 400;

export interface DragHands {
  /** The card was taken; false when it may not be. */
  take: (id: string, at: Point, card: HTMLElement) => boolean;
  move: (at: Point) => void;
  drop: (at: Point) => void;
  cancel: () => void;
}

interface Candidate {
  id: string;
  card: HTMLElement;
  pointer: number;
  start: Point;
  touch: boolean;
  held: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Drags the cards of a board with mouse, pen or finger (long press), until the returned function is called. Pointer events instead of the
 * browser's drag and drop: that one knows no touch and shows neither our preview nor our columns.
 */
export function dragging(root: HTMLElement, hands: DragHands): () => void {
  const gesture = new Gesture(hands);
  const controller = new AbortController();
  const { signal } = controller;
  root.addEventListener('pointerdown', (event) => gesture.down(event), { signal });
  window.addEventListener('pointermove', (event) => gesture.move(event), { signal });
  window.addEventListener('pointerup', (event) => gesture.up(event), { signal });
  window.addEventListener('pointercancel', () => gesture.cancel(), { signal });
  window.addEventListener('blur', () => gesture.cancel(), { signal });
  window.addEventListener('keydown', (event) => event.key === 'Escape' && gesture.holds && gesture.cancel(), { signal });
  // A finger that holds a card must not scroll the board, nor open the browser's menu.
  root.addEventListener('touchmove', (event) => gesture.holds && event.preventDefault(), { signal, passive: false });
  root.addEventListener('contextmenu', (event) => gesture.touches && event.preventDefault(), { signal });
  root.addEventListener('dragstart', (event) => event.preventDefault(), { signal });
  return () => {
    controller.abort();
    gesture.cancel();
  };
}

/** One press on a card, from the touch to the drop. */
class Gesture {
  #hands: DragHands;
  #candidate: Candidate | undefined;

  constructor(hands: DragHands) {
    this.#hands = hands;
  }

  get holds(): boolean {
    return this.#candidate?.held === true;
  }

  get touches(): boolean {
    return this.#candidate?.touch === true;
  }

  down(event: PointerEvent): void {
    const target = event.target instanceof Element ? event.target : undefined;
    const card = target?.closest<HTMLElement>('[data-card]');
    if (this.#candidate || !card || event.button !== 0 || target?.closest('button')) return;
    const touch = event.pointerType === 'touch';
    const start = pointOf(event);
    this.#candidate = { id: card.dataset.card ?? '', card, pointer: event.pointerId, start, touch, held: false, timer: undefined };
    if (touch) this.#candidate.timer = setTimeout(() => this.#take(start), LONG_PRESS_MS);
  }

  move(event: PointerEvent): void {
    const candidate = this.#candidate;
    if (event.pointerId !== candidate?.pointer) return;
    const at = pointOf(event);
    if (candidate.held) this.#hands.move(at);
    else if (Math.hypot(at.x - candidate.start.x, at.y - candidate.start.y) < DRAG_PX) return;
    else if (candidate.touch)
      this.#forget(); // it scrolls
    else this.#take(at);
  }

  up(event: PointerEvent): void {
    if (event.pointerId !== this.#candidate?.pointer) return;
    const held = this.holds;
    this.#forget();
    if (!held) return;
    swallowClick();
    this.#hands.drop(pointOf(event));
  }

  cancel(): void {
    const held = this.holds;
    this.#forget();
    if (held) this.#hands.cancel();
  }

  #take(at: Point): void {
    const candidate = this.#candidate;
    if (!candidate) return;
    candidate.held = this.#hands.take(candidate.id, candidate.start, candidate.card);
    if (candidate.held) this.#hands.move(at);
    else this.#forget();
  }

  #forget(): void {
    clearTimeout(this.#candidate?.timer);
    this.#candidate = undefined;
  }
}

/** Letting go of a card over a link is not a click on it. */
function swallowClick(): void {
  const swallow = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  window.addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener('click', swallow, { capture: true }), 0);
}

function pointOf(event: PointerEvent): Point {
  return { x: event.clientX, y: event.clientY };
}
