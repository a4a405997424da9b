import { tick } from 'svelte';

/** More cards than this at once do not travel: a catch-up after a break is not a show. */
const MOST = 12;
const NEAR_PX = 6;

/** Lets cards travel from where they were to where they are, over everything, when both places can be seen. */
export class Travel {
  #root: HTMLElement | undefined;
  #origins = new Map<string, DOMRect>();

  /** The board within which cards travel, until the returned function is called. */
  within(root: HTMLElement): () => void {
    this.#root = root;
    return () => (this.#root = undefined);
  }

  /** A card will start from another place than its own: from under the pointer. */
  startFrom(id: string, rect: DOMRect): void {
    this.#origins.set(id, rect);
  }

  /** Whether a card is in the document and in sight. */
  inSight(id: string): boolean {
    return this.#placeOf(id) !== undefined;
  }

  rectOf(id: string): DOMRect | undefined {
    return this.#elementOf(id)?.getBoundingClientRect();
  }

  around = (ids: readonly string[], apply: () => void): void => {
    const starts = ids.length > MOST || !moves() ? [] : ids.map((id) => ({ id, from: this.#origins.get(id) ?? this.#placeOf(id) }));
    for (const id of ids) this.#origins.delete(id);
    apply();
    if (starts.length > 0) void tick().then(() => starts.forEach(({ id, from }) => from && this.#fly(id, from)));
  };

  #fly(id: string, from: DOMRect): void {
    const card = this.#elementOf(id);
    const to = this.#placeOf(id);
    if (!card || !to || Math.hypot(to.x - from.x, to.y - from.y) < NEAR_PX) return;
    const style = getComputedStyle(document.documentElement);
    const timing = { duration: Number.parseFloat(style.getPropertyValue('--move')), easing: style.getPropertyValue('--ease').trim() };
    const flyer = copyOf(card, to);
    document.body.append(flyer);
    // The card itself waits unseen at its place: inside its column it could not be seen on the way.
    card.animate([{ opacity: 0 }, { opacity: 0 }], timing);
    const flight = flyer.animate([{ transform: `translate(${from.x - to.x}px, ${from.y - to.y}px)` }, { transform: 'none' }], timing);
    const land = () => flyer.remove();
    flight.finished.then(land, land);
  }

  /** Where a card is, if it is in sight of its column and of the board. */
  #placeOf(id: string): DOMRect | undefined {
    const card = this.#elementOf(id);
    if (!card || !this.#root) return undefined;
    const rect = card.getBoundingClientRect();
    const column = card.closest('[data-stack]')?.getBoundingClientRect();
    const board = this.#root.getBoundingClientRect();
    const middle = { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 };
    return column && holds(column, middle) && holds(board, middle) ? rect : undefined;
  }

  #elementOf(id: string): HTMLElement | null | undefined {
    return this.#root?.querySelector<HTMLElement>(`[data-card="${id}"]`);
  }
}

function copyOf(card: HTMLElement, at: DOMRect): HTMLElement {
  const copy = card.cloneNode(true) as HTMLElement; // a clone of an HTMLElement is one
  for (const element of [copy, ...copy.querySelectorAll<HTMLElement>('*')]) {
    element.removeAttribute('id');
    element.removeAttribute('data-card');
  }
  copy.inert = true;
  copy.setAttribute('aria-hidden', 'true');
  Object.assign(copy.style, {
    position: 'fixed',
    left: `${at.x}px`,
    top: `${at.y}px`,
    width: `${at.width}px`,
    height: `${at.height}px`,
    zIndex: '20',
  });
  return copy;
}

function holds(rect: DOMRect, point: { x: number; y: number }): boolean {
  return point.x >= rect.left && point.x <= rect.right && point.y >= rect.top && point.y <= rect.bottom;
}

function moves(): boolean {
  return document.visibilityState === 'visible' && !matchMedia('(prefers-reduced-motion: reduce)').matches;
}
