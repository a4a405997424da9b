import type { Refusal } from '#shared/errors.ts';
import type { Dossier, DossierChanged } from '#shared/dossiers/schemas.ts';
import { detailsOf, refusalsIn } from '../api/index.ts';
import { live } from '../live/index.ts';

/** The places of the page where something is done; a failure stays beside its own. */
export type Area = 'move' | 'items' | 'facts' | 'sign' | 'prescription' | 'plan' | 'sessions';

/** Why an act came to nothing. */
export type Failure =
  | { kind: 'refused'; reasons: Refusal[]; at: number }
  | { kind: 'changed'; changes: DossierChanged['changes']; wanted: string; now: string | undefined }
  | { kind: 'failed'; error: unknown };

interface Act {
  area: Area;
  /** What the person wanted, in words: said beside what is there now when somebody was quicker. */
  wanted: string;
  /** How that stands now, in words. */
  now?: () => string;
  /** Makes the call upon the version that is on the screen. */
  send: (version: number) => Promise<Dossier>;
  /** Whether the change of somebody else leaves this act as it was meant: then it is sent once more by itself. */
  untouched?: () => boolean;
}

interface Held {
  version: () => number;
  /** Takes over a dossier that the server answered with. */
  take: (dossier: Dossier) => void;
}

/** What a person does on the page, one act at a time and place, with the failures that stay until the next try. */
export class Acts {
  busy = $state<Area>();
  failures = $state.raw<Partial<Record<Area, Failure>>>({});
  #held: Held;

  constructor(held: Held) {
    this.#held = held;
  }

  /** Does it; false when it came to nothing, and why stands in `failures`. */
  async run(act: Act): Promise<boolean> {
    if (this.busy) return false;
    this.busy = act.area;
    this.clear(act.area);
    try {
      await this.#send(act, true);
      return true;
    } catch (error) {
      this.failures = { ...this.failures, [act.area]: this.#failureOf(error, act) };
      return false;
    } finally {
      this.busy = undefined;
    }
  }

  clear(area: Area): void {
    const { [area]: _, ...rest } = this.failures;
    this.failures = rest;
  }

  async #send(act: Act, again: boolean): Promise<void> {
    try {
      this.#held.take(await act.send(this.#held.version()));
    } catch (error) {
      const changed = detailsOf<DossierChanged>(error, 'dossier.changed');
      if (changed) this.#held.take(changed.current);
      if (!changed || !again || act.untouched?.() !== true) throw error;
      await this.#send(act, false);
    }
  }

  #failureOf(error: unknown, { wanted, now }: Act): Failure {
    const changed = detailsOf<DossierChanged>(error, 'dossier.changed');
    if (changed) return { kind: 'changed', changes: changed.changes, wanted, now: now?.() };
    const reasons = refusalsIn(error);
    return reasons.length > 0 ? { kind: 'refused', reasons, at: live.serverTime() } : { kind: 'failed', error };
  }
}
