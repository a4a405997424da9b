import type { Context } from '#server/platform/context.ts';
import type { Job } from '#server/platform/jobs/index.ts';
import { sourceOf, type SiteSource } from './site-source.ts';
import { synchronise } from './synchronise.ts';

/**
 * Reads the source of controls: what is new every five minutes, all of it every night. A reader that was killed in an act leaves it open for a minute, and
 * holds up the next one so long: hence the retries.
 */
export function qaJobs(site: SiteSource, ctx: () => Context): Job[] {
  const read =
    (whole: boolean): Job['run'] =>
    async ({ signal }) =>
      void (await synchronise(ctx(), sourceOf(site), { whole, signal }));
  return [
    { name: 'qa/read', schedule: '*/5 * * * *', retry: { delayMs: 15_000, times: 6 }, timeLimitMs: 4 * 60_000, run: read(false) },
    { name: 'qa/read-all', schedule: '40 1 * * *', retry: { delayMs: 10 * 60_000, times: 3 }, timeLimitMs: 15 * 60_000, run: read(true) },
  ];
}
