import type { DayNumber } from './calendar.ts';
import type { Control, DayText, QaType, WallClock } from './controls.ts';
import type { Period } from './periods.ts';

/** State of a period of a machine. `none`: not applicable, the machine had no working day in it. */
export type PeriodState = 'done' | 'missed' | 'running' | 'none';

/** A physicist's justification of a missed period; `expires` null: never. */
export interface Justification {
  readonly type: QaType;
  /** First day of the period, which names it. */
  readonly period: DayText;
  readonly expires: WallClock | null;
}

/** A period of one machine, judged. */
export interface Cell {
  readonly period: Period;
  readonly state: PeriodState;
  /** Missed and justified at this moment. It still counts as missed in the rate. */
  readonly justified: boolean;
  readonly controls: readonly Control[];
}

/**
 * The state of a period. A period without a working day is not applicable whatever was done in it: nothing was due. It is missed from the day after its
 * last one (Saturday for a week). Source: `qa.md`, "States of a period and lights".
 */
export function stateOf(period: Pick<Period, 'toDay'>, facts: { done: boolean; workingDays: number; today: DayNumber }): PeriodState {
  if (facts.workingDays === 0) return 'none';
  if (facts.done) return 'done';
  return period.toDay < facts.today ? 'missed' : 'running';
}

/** Whether a justification holds at a moment. */
export function holds({ expires }: Justification, now: WallClock): boolean {
  return expires === null || now < expires;
}

/** Done among done and missed, in percent to one decimal; 100 when nothing is to be judged yet. */
export function rateOf(done: number, missed: number): number {
  return done + missed === 0 ? 100 : Math.round((done * 1000) / (done + missed)) / 10;
}
