import { untrack } from 'svelte';
import type { Topic } from '#shared/realtime.ts';
import type { Fact } from './facts.ts';
import { live } from './index.ts';

/** Delays between tries after a failure; the last one repeats. */
const RETRY_MS = [2000, 5000, 10_000];
/** Without `apply`, facts of one burst lead to one fetch. */
const BURST_MS = 150;

const SEVERAL_MS = 15;

interface Options<T> {
  topics: readonly Topic[];
  load: (signal: AbortSignal) => Promise<T>;
  /** The state after a fact; the same state when nothing changes. It must be idempotent: a fact may be in the fetched state already. Without it, every fact leads to a fetch. */
  apply?: (data: T, fact: Fact) => T;
}

/**
 * A state of the server that stays true by itself: fetched when it is safe, followed by facts, fetched anew after a gap, tried again after
 * a failure while the last good data stays.
 */
export class LiveResource<T> {
  data = $state.raw<T>();
  /** Why the last fetch failed; undefined after a success. */
  error = $state.raw<unknown>();
  loading = $state(false);
  /** When the next try is made (device's clock, epoch ms). */
  nextTryAt = $state<number>();
  #options: Options<T>;
  #waiting: Fact[] = [];
  #failures = 0;
  #aborter: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options<T>) {
    this.#options = options;
  }

  /** Follows until the returned function is called: `$effect(() => resource.start())`. */
  start(): () => void {
    // Several topics answer one after another: their views still fetch once.
    const several = this.#options.topics.length > 1;
    const onStale = () => (several ? this.#later(SEVERAL_MS) : void this.reload());
    const watcher = { onStale, onEvent: (fact: Fact) => this.#follow(fact) };
    // Untracked: an effect that follows must not begin anew when the connection's state changes.
    const ends = untrack(() => this.#options.topics.map((topic) => live.watch(topic, watcher)));
    return () => {
      for (const end of ends) end();
      this.#aborter?.abort();
      clearTimeout(this.#timer);
    };
  }

  /** Fetches now. */
  async reload(): Promise<void> {
    clearTimeout(this.#timer);
    this.#aborter?.abort();
    const aborter = (this.#aborter = new AbortController());
    this.loading = true;
    this.nextTryAt = undefined;
    this.#waiting = [];
    try {
      const data = await this.#options.load(aborter.signal);
      if (!aborter.signal.aborted) this.#loaded(data);
    } catch (error) {
      if (!aborter.signal.aborted) this.#failed(error);
    }
  }

  /** Puts in a state that an own call answered with, before its fact arrives. */
  set(data: T): void {
    this.data = data;
  }

  #loaded(data: T): void {
    this.loading = false;
    this.error = undefined;
    this.#failures = 0;
    // What happened while the answer was under way comes after it.
    const { apply } = this.#options;
    this.data = apply ? this.#waiting.reduce(apply, data) : data;
    const again = !apply && this.#waiting.length > 0;
    this.#waiting = [];
    if (again) this.#later(BURST_MS);
  }

  #failed(error: unknown): void {
    this.loading = false;
    this.error = error;
    const delay = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 0;
    this.#failures += 1;
    this.nextTryAt = Date.now() + delay;
    this.#later(delay);
  }

  #follow(fact: Fact): void {
    if (this.loading || this.data === undefined) this.#waiting.push(fact);
    else if (this.#options.apply) this.data = this.#options.apply(this.data, fact);
    else this.#later(BURST_MS);
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.reload(), ms);
  }
}
