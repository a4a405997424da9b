import { askPairingCall, pollPairingCall } from '#shared/screens/api.ts';
import type { Pairing, PairingState as Answer } from '#shared/screens/schemas.ts';
import type { z } from 'zod';
import { call } from '../api/index.ts';
import { keep, kept } from '../storage.ts';

export const POLL_MS = 3000;
/** After a failure, and before a new code is asked for: the server limits how often it gives one. */
export const AGAIN_MS = 5000;
const KEY = 'vigie.screen';

/** How a screen reaches the server; a test gives its own. */
export interface PairingCalls {
  ask: () => Promise<z.output<typeof Pairing>>;
  poll: (secret: string) => Promise<z.output<typeof Answer>>;
}

/** Whether this device was opened as a screen; a hint only, the server decides. Without it a request would be refused in the console of every new screen. */
export function knownScreen(): boolean {
  return kept(KEY) === 'open';
}

export function forgetScreen(): void {
  keep(KEY, 'no');
}

/**
 * A screen that waits for an administrator: it asks for a code, shows it, and looks whether it was opened. A code that has expired gives way
 * to the next one; a silent server is asked until it answers. Nobody touches it.
 */
export class PairingState {
  code = $state<string>();
  expiresAt = $state<number>();
  opened = $state(false);
  /** The server did not answer the last time. */
  silent = $state(false);
  #secret: string | undefined;
  #calls: PairingCalls;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(calls: PairingCalls = server) {
    this.#calls = calls;
  }

  /** Asks and looks until the returned function is called. */
  start(): () => void {
    this.#stopped = false;
    void this.#step();
    return () => {
      this.#stopped = true;
      clearTimeout(this.#timer);
    };
  }

  async #step(): Promise<void> {
    try {
      const wait = this.#secret === undefined ? await this.#ask() : await this.#look(this.#secret);
      this.silent = false;
      this.#later(wait);
    } catch {
      this.silent = true; // said on the page; the code stays, it may still be good
      this.#later(AGAIN_MS);
    }
  }

  async #ask(): Promise<number> {
    const pairing = await this.#calls.ask();
    this.code = pairing.code;
    this.expiresAt = Date.parse(pairing.expiresAt);
    this.#secret = pairing.secret;
    return POLL_MS;
  }

  async #look(secret: string): Promise<number> {
    const { state } = await this.#calls.poll(secret);
    if (state === 'waiting') return POLL_MS;
    this.#secret = undefined;
    if (state === 'expired') return 0;
    keep(KEY, 'open');
    this.opened = true;
    this.#stopped = true;
    return 0;
  }

  #later(ms: number): void {
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#step(), ms);
  }
}

const server: PairingCalls = {
  ask: () => call(askPairingCall),
  poll: (secret) => call(pollPairingCall, { body: { secret } }),
};
