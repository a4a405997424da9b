import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { Timers } from './maps.ts';

/** How long the ring stays around what somebody else just changed (the token `--arrive`). */
const RING_MS = 4000;

/** What others did to cards while this view is open: the ring with a name, then the dot until one looks. */
export class Arrivals {
  /** The name of who just changed a card. */
  rings = new SvelteMap<string, string>();
  /** Cards that changed and were not looked at since. */
  unseen = new SvelteSet<string>();
  #timers = new Timers();

  note(id: string, by: string): void {
    this.rings.set(id, by);
    this.unseen.add(id);
    this.#timers.set(id, () => this.rings.delete(id), RING_MS);
  }

  /** Somebody looked at a card. */
  look(id: string): void {
    if (this.unseen.has(id)) this.unseen.delete(id);
  }

  stop(): void {
    this.#timers.stop();
  }
}
