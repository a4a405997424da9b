import type { Control, QaType, WallClock } from './controls.ts';
import { judge, judgedBy, mayChangeByTime, type Judging, type MachineContext } from './judge.ts';
import type { Ledger, Shelf } from './ledger.ts';
import { sitePeriodsBetween, sitePeriodsOfYear } from './site-periods.ts';
import { rateOf, type Cell } from './states.ts';
import type { SiteCalendar } from './working-days.ts';

/** All controls, seen at a moment of the site's clock. Give the same calendar object as long as it is the same: results are kept for it. */
export interface View {
  readonly ledger: Ledger;
  readonly calendar: SiteCalendar;
  readonly now: WallClock;
}

/** The periods of a machine and a type up to now. */
export interface TypeEvaluation {
  readonly cells: readonly Cell[];
  readonly done: number;
  readonly missed: number;
  /** Percent to one decimal. */
  readonly rate: number;
  /** The period of today; null on a weekend for weekly and daily controls. */
  readonly running: Cell | null;
  /** The last period that is over and was applicable: one that was not says nothing. */
  readonly lastCompleted: Cell | null;
  /** The latest control of the type that is not dated later than now, in a period or not. */
  readonly latest: Control | null;
  /** Earliest date later than now among today's controls: they are not believed before. */
  readonly nextAhead: WallClock | null;
}

/** A type that the machine does not need is absent: its rate is "–", not 0. */
export type MachineEvaluation = Partial<Readonly<Record<QaType, TypeEvaluation>>>;

/**
 * Judges the periods of one machine. What was judged before is kept: only periods whose controls changed, and those that time itself may change, are judged
 * again; all of them when the day, the calendar or the context is another.
 */
export function evaluateMachine(view: View, machine: string, context: MachineContext): MachineEvaluation {
  const shelves = view.ledger.shelves.get(machine);
  const result: Partial<Record<QaType, TypeEvaluation>> = {};
  if (!shelves) return result;
  for (const type of typesOf(view.ledger, machine)) result[type] = evaluateType(view, type, shelves[type], context);
  return result;
}

/** The periods of a year of a machine and a type, those to come included: one column of the year's table. */
export function cellsOfYear(view: View, machine: string, context: MachineContext, what: { type: QaType; year: number }): Cell[] {
  const shelves = view.ledger.shelves.get(machine);
  if (!shelves || !typesOf(view.ledger, machine).includes(what.type)) return [];
  const judging = judgedBy(what.type, shelves[what.type], context, view);
  return sitePeriodsOfYear(view.calendar, what.type, what.year)
    .list.filter(({ period }) => period.toDay >= view.ledger.setting.from)
    .map((sitePeriod) => judge(sitePeriod, judging));
}

interface Judged {
  readonly today: number;
  readonly context: MachineContext;
  readonly calendar: SiteCalendar;
  readonly cells: readonly Cell[];
}

const judgedOf = new WeakMap<Shelf, Judged>();

function evaluateType(view: View, type: QaType, shelf: Shelf, context: MachineContext): TypeEvaluation {
  const { calendar } = view;
  const judging = judgedBy(type, shelf, context, view);
  const before = judgedOf.get(shelf);
  const kept = before && before.today === judging.today && before.context === context && before.calendar === calendar;
  const cells = kept ? judgedAgain(before.cells, judging, view) : allJudged(judging, view);
  shelf.dirty = new Set();
  judgedOf.set(shelf, { today: judging.today, context, calendar, cells });
  return { cells, ...countsOf(cells), ...aroundNow(cells, judging.today), ...datesOf(shelf, cells, view.now) };
}

function allJudged(judging: Judging, { calendar, ledger }: View): Cell[] {
  return sitePeriodsBetween(calendar, judging.type, ledger.setting.from, judging.today).list.map((one) => judge(one, judging));
}

function judgedAgain(cells: readonly Cell[], judging: Judging, { calendar, ledger }: View): readonly Cell[] {
  const { list, positionOf } = sitePeriodsBetween(calendar, judging.type, ledger.setting.from, judging.today);
  const positions = new Set(mayChangeByTime(list, judging));
  for (const index of judging.shelf.dirty ?? []) positions.add(positionOf.get(index) ?? -1);
  const again = cells.slice();
  for (const position of positions) {
    const one = list[position];
    if (one) again[position] = judge(one, judging);
  }
  return again;
}

function countsOf(cells: readonly Cell[]): Pick<TypeEvaluation, 'done' | 'missed' | 'rate'> {
  let done = 0;
  let missed = 0;
  for (const { state } of cells) {
    if (state === 'done') done += 1;
    else if (state === 'missed') missed += 1;
  }
  return { done, missed, rate: rateOf(done, missed) };
}

function aroundNow(cells: readonly Cell[], today: number): Pick<TypeEvaluation, 'running' | 'lastCompleted'> {
  const last = cells.at(-1);
  const running = last && last.period.toDay >= today ? last : null;
  const lastCompleted = cells.findLast(({ period, state }) => period.toDay < today && state !== 'none') ?? null;
  return { running, lastCompleted };
}

/** From the last judged period backwards to the first that holds a control, and among the loose ones. */
function datesOf(shelf: Shelf, cells: readonly Cell[], now: WallClock): Pick<TypeEvaluation, 'latest' | 'nextAhead'> {
  let latest = cells.findLast(({ controls }) => controls.length > 0)?.controls.reduce(later) ?? null;
  let nextAhead: WallClock | null = null;
  const soon = cells.slice(-2).flatMap(({ period }) => shelf.cells.get(period.index)?.controls ?? []);
  for (const control of [...soon, ...shelf.loose.values()]) {
    if (control.at === null) continue;
    if (control.at <= now) latest = latest ? later(latest, control) : control;
    else if (nextAhead === null || control.at < nextAhead) nextAhead = control.at;
  }
  return { latest, nextAhead };
}

function later(a: Control, b: Control): Control {
  if (a.at === b.at) return a.id > b.id ? a : b;
  return (a.at ?? '') > (b.at ?? '') ? a : b;
}

function typesOf({ setting }: Ledger, machine: string): readonly QaType[] {
  return setting.machines.find(({ id }) => id === machine)?.qaTypes ?? [];
}
