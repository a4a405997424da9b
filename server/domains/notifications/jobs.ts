import type { Context } from '#server/platform/context.ts';
import type { Job } from '#server/platform/jobs/index.ts';
import type { QaAlerts, WeeklyMissing } from './qa-alerts.ts';

/** Wednesday and Friday at 16:00 on the site's clock. */
const SCHEDULE = '0 16 * * 3,5';

interface WeeklyJobDeps {
  /** A context of the application itself. */
  ctx: Context;
  alerts: Pick<QaAlerts, 'weeklyMissing'>;
  /** The machines whose weekly control is not done in the ISO week of an instant. */
  missingWeekly: (at: Date) => Promise<WeeklyMissing>;
  schedule?: string;
}

/** Tells which weekly controls are missing. Run twice, it tells once. */
export function weeklyJob({ ctx, alerts, missingWeekly, schedule = SCHEDULE }: WeeklyJobDeps): Job {
  return {
    name: 'notifications/weekly-controls',
    schedule,
    retry: { delayMs: 60_000, times: 10 },
    timeLimitMs: 60_000,
    run: async () => {
      const missing = await missingWeekly(ctx.now());
      await ctx.atomically('notifications', () => alerts.weeklyMissing(ctx, missing));
    },
  };
}
