import { wallClockIn } from '#shared/qa/site-clock.ts';
import { planControls, type DemoPlan } from './plan.ts';
import type { Simulator } from './server.ts';

const TICK_MS = 20_000;
const FIRST_DUE_MS = 90_000;
const DUE_EVERY_MS = 120_000;
const NIGHT_AFTER_MS = 240_000;

interface LifeOptions {
  now: () => Date;
  zone?: string;
  /** How long one waits for what is late, and for the night; tests make them short. */
  tickMs?: number;
  firstDueMs?: number;
  dueEveryMs?: number;
  nightAfterMs?: number;
  /** After a change in the rows. The night's asks for a reading of the whole table: nothing else finds a renamed control. */
  onChange?: (what: 'done' | 'night') => void;
}

/** Fills the simulator with the demo's controls, and says what will still be done. */
export async function seedControls(simulator: Simulator, now: Date, zone?: string): Promise<DemoPlan> {
  const plan = await planControls(now, zone);
  simulator.controls.add(...plan.done);
  return plan;
}

/**
 * The life of the demo's Artiscan: controls are done at their hour, those that are late one after another while one looks, and after some minutes a night
 * passes, in which a monthly control is marked for deletion. Returns what ends it.
 */
export function liveControls({ controls }: Simulator, plan: DemoPlan, options: LifeOptions): () => void {
  const { now, zone = 'Europe/Paris', onChange = () => undefined } = options;
  const due = [...plan.due];
  const ahead = [...plan.ahead];

  function doWhatIsTime(): void {
    const wall = wallClockIn(zone, now());
    const count = ahead.findIndex(({ at }) => at > wall);
    const done = ahead.splice(0, count === -1 ? ahead.length : count);
    if (done.length === 0) return;
    controls.add(...done);
    onChange('done');
  }
  function doWhatIsLate(): void {
    const late = due.shift();
    if (!late) return;
    controls.add({ ...late, at: wallClockIn(zone, now()) });
    onChange('done');
  }
  function night(): void {
    controls.rename(plan.renamed.id, plan.renamed.name);
    onChange('night');
  }

  const ticks = setInterval(doWhatIsTime, options.tickMs ?? TICK_MS);
  let lateTicks: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    doWhatIsLate();
    lateTicks = setInterval(doWhatIsLate, options.dueEveryMs ?? DUE_EVERY_MS);
  }, options.firstDueMs ?? FIRST_DUE_MS);
  const nightfall = setTimeout(night, options.nightAfterMs ?? NIGHT_AFTER_MS);
  return () => {
    clearInterval(ticks);
    clearInterval(lateTicks);
    clearTimeout(first);
    clearTimeout(nightfall);
  };
}
