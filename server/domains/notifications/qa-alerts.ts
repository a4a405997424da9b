import { dayIn } from '#shared/time.ts';
import type { Context } from '#server/platform/context.ts';
import type { AlertMeans } from './means.ts';
import { enqueueAlert } from './outbox.ts';
import { instantText, qaWords } from './words.ts';

export interface MachineName {
  id: string;
  name: string;
}

/** The machines whose weekly control is not done; `week` as `S47 2026`. */
export interface WeeklyMissing {
  week: string;
  machines: readonly MachineName[];
}

/** A machine that turned red. `reference` names this time of being red, here and when it is over. */
export interface MachineRed {
  reference: string;
  machine: MachineName;
  /** Why, in words of the site's language. */
  reasons: readonly string[];
  at: Date;
}

export interface MachineResolved {
  reference: string;
  machine: MachineName;
  at: Date;
  /** Since when it was red, when that is known. */
  redSince?: Date;
}

/** What quality control has to say by alerts. Each is called inside the act that it tells of, and says the same thing once however often it is called. */
export interface QaAlerts {
  weeklyMissing(this: void, ctx: Context, missing: WeeklyMissing): Promise<void>;
  machineTurnedRed(this: void, ctx: Context, red: MachineRed): Promise<void>;
  machineResolved(this: void, ctx: Context, resolved: MachineResolved): Promise<void>;
}

const PATH = '/qa';

/** Alerts of quality control, in the language and on the clock of the site, whoever acts. */
export function createQaAlerts({ locale, timezone }: Pick<AlertMeans['site'], 'locale' | 'timezone'>): QaAlerts {
  const words = qaWords[locale];
  return {
    async weeklyMissing(ctx, { week, machines }) {
      if (machines.length === 0) return;
      await enqueueAlert(ctx, {
        subject: 'qa.weekly',
        // Once a day: the same week is told on Wednesday and again on Friday.
        reference: `${week} · ${dayIn(timezone, ctx.now())}`,
        phase: 'notice',
        content: {
          title: words.weekly(week),
          facts: [{ label: words.missing, value: String(machines.length) }],
          items: machines.map(({ name }) => name),
          path: PATH,
          tone: 'warning',
        },
      });
    },

    async machineTurnedRed(ctx, { reference, machine, reasons, at }) {
      const facts = [
        { label: words.machine, value: machine.name },
        { label: words.since, value: instantText(at, locale, timezone) },
      ];
      const content = { title: words.red(machine.name), facts, items: reasons, path: PATH, tone: 'danger' } as const;
      await enqueueAlert(ctx, { subject: 'qa.red', reference, phase: 'opened', content });
    },

    async machineResolved(ctx, { reference, machine, at, redSince }) {
      const facts = [
        { label: words.machine, value: machine.name },
        ...(redSince ? [{ label: words.since, value: instantText(redSince, locale, timezone) }] : []),
        { label: words.at, value: instantText(at, locale, timezone) },
      ];
      const content = { title: words.resolved(machine.name), facts, items: [], path: PATH, tone: 'good' } as const;
      await enqueueAlert(ctx, { subject: 'qa.red', reference, phase: 'resolved', content });
    },
  };
}
