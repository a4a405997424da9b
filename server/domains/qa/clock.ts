import { allMachines } from '#server/domains/machines/index.ts';
import type { Context } from '#server/platform/context.ts';
import type { EventLog, StoredEvent } from '#server/platform/events.ts';
import type { Log } from '#server/platform/log.ts';
import { LightModel } from './model.ts';
import { relight } from './relight.ts';

/** Lights are looked at this often at least: whatever was missed heals by itself. */
const LOOK_MS = 60_000;
const SOON_MS = 20;
/** Facts after which every light may be another one. */
const STIRRING = new Set(['machine:changed', 'qa:config']);

interface ClockDeps {
  ctx: () => Context;
  events: EventLog;
  log: Log;
  /** Tests whose clock is put forward look more often. */
  lookMs?: number;
}

/**
 * Determines lights anew when time alone changes them: at midnight, at the hour by which a daily control is due, when a downtime begins or ends. Until then
 * a light that has run out is unknown. Runs where jobs run; several do no harm, because a light that is the same is not written again.
 */
export function startLightClock({ ctx, events, log, lookMs = LOOK_MS }: ClockDeps): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  /** Something happened while the clock was looking: it may have looked too early. */
  let stirred = false;
  let running: Promise<void> | undefined;

  async function look(): Promise<number> {
    const machines = allMachines().map(({ id }) => id);
    const acting = ctx();
    if (machines.length > 0) await acting.atomically('qa', () => relight(acting, machines));
    const next = await LightModel.findOne({ until: { $gt: acting.now() } })
      .sort({ until: 1 })
      .lean();
    return next ? next.until.getTime() - acting.now().getTime() + SOON_MS : lookMs;
  }

  function plan(inMs: number): void {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(run, Math.min(Math.max(inMs, SOON_MS), lookMs));
    timer.unref();
  }

  function run(): void {
    stirred = false;
    running = look()
      .catch((error: unknown) => {
        log.warn({ err: error }, 'lights could not be determined');
        return lookMs / 12;
      })
      .then((inMs) => {
        running = undefined;
        plan(stirred ? SOON_MS : inMs);
      });
  }

  const unlisten = events.listen(({ type }: StoredEvent) => {
    if (!STIRRING.has(type)) return;
    stirred = true;
    if (!running) plan(SOON_MS);
  });
  plan(SOON_MS);
  return async () => {
    stopped = true;
    unlisten();
    clearTimeout(timer);
    await running;
  };
}
