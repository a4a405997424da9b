import { differences, merged, same, type Difference } from './drafts.ts';

/**
 * A form under way. The stored state may change meanwhile: the form is never overwritten, it shows that its base changed and lets the
 * person choose.
 */
export class Draft<T extends object> {
  value: T = $state() as T; // set in the constructor; a rune cannot take it earlier
  #base: T = $state.raw() as T;
  #current: () => T;

  constructor(start: T, current: () => T) {
    this.#base = structuredClone(start);
    this.value = structuredClone(start);
    this.#current = current;
  }

  /** Something was typed that is not stored. */
  get changed(): boolean {
    return !same(this.value, this.#base);
  }

  /** What others changed since the form was opened or last brought up to date. */
  get news(): Difference<T>[] {
    return differences<T>(this.#base, this.value, this.#current());
  }

  /** Keeps what was typed, upon what is stored now. */
  keepMine(): void {
    const current = this.#current();
    this.value = merged<T>(this.#base, this.value, current);
    this.#base = structuredClone(current);
  }

  /** Gives up what was typed. */
  takeCurrent(): void {
    this.#base = structuredClone(this.#current());
    this.value = structuredClone(this.#base);
  }
}
