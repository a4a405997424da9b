import type { Refusal } from '#shared/errors.ts';
import { failureText, refusalsIn } from '../api/index.ts';

/** One act under way: it is not made twice, and why it failed stays beside it. */
export class Act {
  busy = $state(false);
  failure = $state<string>();
  reasons = $state.raw<readonly Refusal[]>([]);

  /** What the act answered with; undefined when it failed or another one is under way. */
  async run<T>(act: () => Promise<T>): Promise<T | undefined> {
    if (this.busy) return undefined;
    this.busy = true;
    this.clear();
    try {
      return await act();
    } catch (error) {
      this.reasons = refusalsIn(error);
      this.failure = failureText(error);
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  clear(): void {
    this.failure = undefined;
    this.reasons = [];
  }
}
