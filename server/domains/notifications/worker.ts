import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '#server/platform/context.ts';
import type { Log } from '#server/platform/log.ts';
import { newSecret } from '#server/platform/secrets.ts';
import { claimNext, deliver, putBackInterrupted } from './deliver.ts';
import { createHealthTeller } from './health.ts';
import type { AlertMeans } from './means.ts';

const POLL_MS = 1000;
/** A channel that hangs must not keep the others back. */
const LANES = 4;
/** What is still being sent then is put back when its claim is over. */
const STOP_MS = 8000;
const SWEEP_EVERY_MS = 15_000;

export interface DeliveringDeps {
  /** A context of the application itself. */
  ctx: Context;
  means: AlertMeans;
  log: Log;
  pollMs?: number;
}

/** What delivers alerts in a process with the role `jobs`; several of them share the work. */
export interface Delivering {
  /** Takes nothing further and waits for what is being sent. */
  stop(): Promise<void>;
}

/** Begins to deliver what is due. */
export function startDelivering({ ctx, means, log, pollMs = POLL_MS }: DeliveringDeps): Delivering {
  const ending = new AbortController();
  const tellHealth = createHealthTeller();
  let sweepAt = 0;

  /** Delivers one after another until nothing is due; whether there was any. */
  async function lane(): Promise<boolean> {
    for (let worked = false; ; worked = true) {
      const row = ending.signal.aborted ? null : await claimNext(ctx.now(), newSecret());
      if (!row) return worked;
      try {
        await deliver(ctx, means, row);
      } catch (error) {
        // It stays claimed, and is put back when its time is over.
        log.warn({ err: nameOf(error), delivery: row._id.toHexString() }, 'an alert was not delivered; it is tried again');
      }
    }
  }

  async function round(): Promise<void> {
    const now = ctx.now().getTime();
    const sweeps = now >= sweepAt;
    if (sweeps) await putBackInterrupted(ctx.now());
    const worked = await Promise.all(Array.from({ length: LANES }, lane));
    if (sweeps || worked.includes(true)) await tellHealth(ctx);
    if (sweeps) sweepAt = now + SWEEP_EVERY_MS;
  }

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      try {
        await round();
      } catch (error) {
        log.warn({ err: nameOf(error) }, 'alerts: the database does not answer');
      }
      await sleep(pollMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    stop: async () => {
      ending.abort();
      await Promise.race([running, sleep(STOP_MS, undefined, { ref: false })]);
    },
  };
}

/** Only the kind of an error is logged: its text may hold what an alert says. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
