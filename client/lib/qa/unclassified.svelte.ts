import { unclassifiedCall } from '#shared/qa/api.ts';
import type { Unclassified } from '#shared/qa/page-schemas.ts';
import { call } from '../api/index.ts';
import { live, type Fact } from '../live/index.ts';
import { changesPeriods } from './follow.svelte.ts';

const PAGE = 100;
const TYPING_MS = 200;

/** The controls that were left out, page by page, read anew when controls or rules change. */
export class LeftOutList {
  data = $state.raw<Unclassified>();
  items = $state.raw<Unclassified['items']>([]);
  loading = $state(false);
  error = $state.raw<unknown>();
  #asked = { reason: '', q: '' };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  start(): () => void {
    const end = live.watch('qa', {
      onStale: () => void this.reload(),
      onEvent: (fact: Fact) => {
        if (changesPeriods(fact)) void this.reload();
      },
    });
    return () => {
      end();
      clearTimeout(this.#timer);
    };
  }

  /** Asks for another reason or other words, shortly after the last letter. */
  ask(reason: string, text: string): void {
    const q = text.trim();
    if (this.#asked.reason === reason && this.#asked.q === q) return;
    this.#asked = { reason, q };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.reload(), TYPING_MS);
  }

  reload(): Promise<void> {
    return this.#read(0);
  }

  more(): Promise<void> {
    return this.#read(this.items.length);
  }

  async #read(skip: number): Promise<void> {
    const turn = ++this.#turn;
    this.loading = true;
    try {
      const { reason, q } = this.#asked;
      const page = await call(unclassifiedCall, { query: { reason: reason || undefined, q: q || undefined, limit: PAGE, skip } });
      if (turn !== this.#turn) return; // asked otherwise meanwhile
      this.items = skip === 0 ? page.items : [...this.items, ...page.items];
      [this.data, this.error] = [page, undefined];
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }
}
