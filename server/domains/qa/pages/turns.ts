import { setImmediate as others } from 'node:timers/promises';

/** So long one piece of work may keep everybody else waiting. */
const MOST_MS = 15;

/** Long work asks at every step; when it has gone on for long enough, others have their turn. */
export interface Turns {
  next(): Promise<void>;
}

export function createTurns(): Turns {
  let begun = performance.now();
  return {
    async next() {
      if (performance.now() - begun < MOST_MS) return;
      await others();
      begun = performance.now();
    },
  };
}
