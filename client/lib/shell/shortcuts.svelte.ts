import { untrack } from 'svelte';
import { pagesOf, type Page } from './pages.ts';
import type { Role } from '#shared/roles.ts';

/** What the page in view offers to the keyboard. */
export interface PageKeys {
  /** `/` puts the focus into its search. */
  search?: () => void;
  /** `n` opens what it creates. */
  create?: () => void;
}

interface Surroundings {
  role: Role | undefined;
  go: (href: Page['href']) => void;
}

/** Time in which the letter must follow the `g`. */
const SEQUENCE_MS = 1500;

/** The shell's keyboard: `?` help, `g` and a letter, and what the page in view registered. */
class Shortcuts {
  helpOpen = $state(false);
  #pages = $state.raw<readonly PageKeys[]>([]);
  #goAt = Number.NEGATIVE_INFINITY;

  /** Registers a page's keys until the returned function is called: `$effect(() => shortcuts.register({ search, create }))`. */
  register(keys: PageKeys): () => void {
    // Untracked: an effect that registers must not depend on what it changes.
    untrack(() => (this.#pages = [...this.#pages, keys]));
    return () => untrack(() => (this.#pages = this.#pages.filter((one) => one !== keys)));
  }

  get search(): (() => void) | undefined {
    return this.#pages.findLast((keys) => keys.search)?.search;
  }

  get create(): (() => void) | undefined {
    return this.#pages.findLast((keys) => keys.create)?.create;
  }

  /** Answers a key; true when it was one of ours. */
  press(key: string, around: Surroundings, now = Date.now()): boolean {
    const afterGo = now - this.#goAt < SEQUENCE_MS;
    this.#goAt = Number.NEGATIVE_INFINITY;
    if (afterGo) {
      const page = pagesOf(around.role).find((one) => one.letter === key);
      if (page) around.go(page.href);
      return page !== undefined;
    }
    if (key === 'g') {
      this.#goAt = now;
      return true;
    }
    return this.#act(key);
  }

  #act(key: string): boolean {
    const act = { '?': () => (this.helpOpen = true), '/': this.search, n: this.create }[key];
    act?.();
    return act !== undefined;
  }
}

export const shortcuts = new Shortcuts();

/** Keys typed into a field, with a modifier, or while a dialog is open are not shortcuts. */
export function isShortcut(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  const target = event.target;
  // What a dialog that has just closed held keeps the focus until the page is drawn again, and is no field that one types into.
  if (target instanceof HTMLElement && target.checkVisibility()) {
    if (target.isContentEditable || target.closest('input, textarea, select, [role="menu"]')) return false;
  }
  return document.querySelector('dialog[open]') === null;
}
