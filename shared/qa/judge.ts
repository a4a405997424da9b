import { dayNumberOf, type DayNumber } from './calendar.ts';
import type { Control, DayText, QaType, WallClock } from './controls.ts';
import type { Shelf } from './ledger.ts';
import type { SitePeriod } from './site-periods.ts';
import { holds, stateOf, type Cell, type Justification } from './states.ts';
import { touches, workingDays, type Downtime, type SiteCalendar } from './working-days.ts';

/** A daily control entered by hand, where the site has none in its source. `at` on the site's clock. */
export interface DailyEntry {
  readonly day: DayText;
  readonly outcome: 'pass' | 'fail';
  readonly at: WallClock;
}

/** What people declared about a machine. Give the same object as long as nothing changed: results are kept for it. */
export interface MachineContext {
  readonly downtime: readonly Downtime[];
  readonly justifications: readonly Justification[];
  readonly daily: readonly DailyEntry[];
}

/** A machine of which nobody declared anything. */
export const NOTHING_DECLARED: MachineContext = { downtime: [], justifications: [], daily: [] };

/** What the periods of one machine and type are judged by. */
export interface Judging {
  readonly type: QaType;
  readonly shelf: Shelf;
  readonly calendar: SiteCalendar;
  readonly downtime: readonly Downtime[];
  readonly justified: ReadonlyMap<DayText, readonly Justification[]>;
  /** Days with a daily control entered by hand; empty for other types. */
  readonly entered: ReadonlySet<DayText>;
  readonly now: WallClock;
  readonly today: DayNumber;
}

/** A control of the weekend after a week may still be dated ahead of now. */
const WEEKEND_DAYS = 2;
const NONE: readonly Control[] = [];

/** Gathers what the periods of one machine and type are judged by. */
export function judgedBy(type: QaType, shelf: Shelf, context: MachineContext, view: { calendar: SiteCalendar; now: WallClock }): Judging {
  const justified = Map.groupBy(
    context.justifications.filter((one) => one.type === type),
    ({ period }) => period,
  );
  const entered = new Set(type === 'CQQ' ? context.daily.map(({ day }) => day) : []);
  return { type, shelf, downtime: context.downtime, justified, entered, ...view, today: dayNumberOf(view.now) };
}

/** Judges one period. */
export function judge({ period, workingDays: siteDays }: SitePeriod, by: Judging): Cell {
  const there = by.shelf.cells.get(period.index)?.controls ?? NONE;
  const controls = period.toDay + WEEKEND_DAYS < by.today ? there : there.filter(({ at }) => at !== null && at <= by.now);
  const { fromDay, toDay } = period;
  const stopped = by.downtime.length > 0 && by.downtime.some((stop) => touches(stop, fromDay, toDay));
  const state = stateOf(period, {
    done: controls.length > 0 || by.entered.has(period.from),
    workingDays: stopped ? workingDays(fromDay, toDay, by.calendar, by.downtime) : siteDays,
    today: by.today,
  });
  const justified = state === 'missed' && (by.justified.get(period.from) ?? []).some((one) => holds(one, by.now));
  return { period, state, justified, controls };
}

/** Where the periods stand that the passing of time within a day may change: the last ones, and those with a justification, which may expire. */
export function mayChangeByTime(list: readonly SitePeriod[], by: Judging): number[] {
  const late = list.length - 1 - list.findLastIndex(({ period }) => period.toDay + WEEKEND_DAYS < by.today);
  const last = Array.from({ length: late }, (_, offset) => list.length - 1 - offset);
  if (by.justified.size === 0) return last;
  return [...last, ...list.flatMap(({ period }, position) => (by.justified.has(period.from) ? [position] : []))];
}
