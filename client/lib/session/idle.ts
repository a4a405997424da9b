import { keep, kept } from '../storage.ts';

/** Idle time after which a shared console is locked. Source: `common.md`, what people expect from the first day. */
export const IDLE_MS = 5 * 60_000;

const KEY = 'vigie.active';
const SHARE_MS = 5000;

/**
 * Watches for idleness over all tabs of a browser, because they share one session: working in one must not lock it for the other.
 * It compares instants, so that a device that slept is locked when it wakes.
 */
export class IdleWatch {
  #active: number;
  #shared = 0;
  #onIdle: () => void;

  constructor(onIdle: () => void, now = Date.now()) {
    this.#onIdle = onIdle;
    this.#active = now;
  }

  /** The person did something. */
  touch(now = Date.now()): void {
    this.#active = now;
    if (now - this.#shared < SHARE_MS) return;
    this.#shared = now;
    keep(KEY, String(now));
  }

  check(now = Date.now()): void {
    const elsewhere = Number(kept(KEY) ?? 0);
    if (now - Math.max(this.#active, elsewhere) >= IDLE_MS) this.#onIdle();
  }
}
