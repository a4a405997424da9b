import type { Machine } from '#shared/machines/schemas.ts';
import { dateOf, dayNumberOf, dayText, isoWeekOf, type DayNumber } from '#shared/qa/calendar.ts';
import { TYPES_IN_ORDER, type Control, type QaType } from '#shared/qa/controls.ts';
import { NOTHING_DECLARED, type MachineContext } from '#shared/qa/judge.ts';
import { periodsOfYear, type Period } from '#shared/qa/periods.ts';
import { rateOf, type Cell } from '#shared/qa/states.ts';
import { allMachines } from '#server/domains/machines/index.ts';
import { fedBySource, readSource } from '../facts.ts';
import { pictureAt, type Picture } from '../picture.ts';
import { contextsOf } from './contexts.ts';

/** A machine on a page, with the types by which it is judged. */
export interface PageMachine {
  readonly machine: Machine;
  readonly types: readonly QaType[];
  readonly context: MachineContext;
}

/** What all pages are made of. */
export interface Page {
  readonly picture: Picture;
  readonly machines: readonly PageMachine[];
}

/** The machines in service, or one of the registry whether in service or not, as they are at an instant that is now. */
export async function pageAt(at: Date, only?: string): Promise<Page> {
  const picture = await pictureAt(at);
  const source = await readSource();
  const machines = allMachines().filter(({ id, active }) => (only === undefined ? active : id === only));
  const contexts = await contextsOf(machines.map(({ id }) => id));
  return {
    picture,
    machines: machines.map((machine) => ({
      machine,
      types: judgedTypes(machine, fedBySource(machine, source)),
      context: contexts.get(machine.id) ?? NOTHING_DECLARED,
    })),
  };
}

/** The types by which a machine is judged: without a source only the daily control, which people enter, can be known. */
function judgedTypes({ qaTypes }: Machine, fed: boolean): QaType[] {
  return TYPES_IN_ORDER.filter((type) => qaTypes.includes(type) && (fed || type === 'CQQ'));
}

/** The years of which there is something, the first one first. */
export function yearsOf({ view }: Picture): number[] {
  const first = dateOf(view.ledger.setting.from).year;
  const last = Number(view.now.slice(0, 4));
  return Array.from({ length: Math.max(1, last - first + 1) }, (_, index) => Math.min(first, last) + index);
}

/** The year that a type's table shows when none is asked for: the ISO year for weeks. */
export function yearNow({ view }: Picture, type?: QaType): number {
  return type === 'CQH' ? isoWeekOf(dayNumberOf(view.now)).year : Number(view.now.slice(0, 4));
}

/** Whether the holidays of a year are known, and with them what is to be done in it. */
export function isJudged(picture: Picture, year: number): boolean {
  const years = yearsOf(picture);
  return year >= (years[0] ?? year) - 1 && year <= (years.at(-1) ?? year) + 1;
}

/** The period of a type that begins on a day. */
export function periodFrom(type: QaType, first: string): Period | undefined {
  return periodsOfYear(type, yearOf(type, first)).find(({ from }) => from === first);
}

/** The year in whose table a day's period stands. */
export function yearOf(type: QaType, day: string): number {
  return type === 'CQH' ? isoWeekOf(dayNumberOf(day)).year : Number(day.slice(0, 4));
}

export interface Count {
  readonly done: number;
  readonly missed: number;
}

/** How many periods were done and missed. */
export function countOf(cells: Iterable<Pick<Cell, 'state'> | null>): Count {
  let [done, missed] = [0, 0];
  for (const cell of cells) {
    if (cell?.state === 'done') done += 1;
    else if (cell?.state === 'missed') missed += 1;
  }
  return { done, missed };
}

/** The rate of some periods; null when there is nothing to judge among them. */
export function rateOrNull({ done, missed }: Count): number | null {
  return done + missed === 0 ? null : rateOf(done, missed);
}

/** The mean of rates, to one decimal; null without any. */
export function meanOf(rates: readonly (number | null)[]): number | null {
  const known = rates.filter((rate) => rate !== null);
  return known.length === 0 ? null : Math.round((known.reduce((sum, rate) => sum + rate, 0) * 10) / known.length) / 10;
}

/** The same day a year before; 28 February for the 29th. */
export function yearBefore(day: DayNumber): DayNumber {
  const { year, month, day: date } = dateOf(day);
  const text = dayText(day);
  return month === 2 && date === 29 ? dayNumberOf(`${year - 1}-02-28`) : dayNumberOf(`${year - 1}${text.slice(4)}`);
}

/** The latest control first; one without a date last. */
export function latestFirst(a: Pick<Control, 'at' | 'id'>, b: Pick<Control, 'at' | 'id'>): number {
  if (a.at === b.at) return b.id - a.id;
  return (a.at ?? '') < (b.at ?? '') ? 1 : -1;
}
