import { untrack } from 'svelte';

/** Forms with unsaved words. While there is one, the page does not reload itself for a new build. */
class Dirty {
  #count = $state(0);

  get any(): boolean {
    return this.#count > 0;
  }

  /** Marks a form as dirty until the returned function is called. */
  hold(): () => void {
    let held = true;
    // Untracked: an effect that holds must not depend on what it changes.
    untrack(() => (this.#count += 1));
    return () => {
      if (held) untrack(() => (this.#count -= 1));
      held = false;
    };
  }
}

export const dirty = new Dirty();
