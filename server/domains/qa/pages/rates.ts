import type { z } from 'zod';
import { dateOf } from '#shared/qa/calendar.ts';
import { TYPES_IN_ORDER, type QaType } from '#shared/qa/controls.ts';
import { cellsOfYear } from '#shared/qa/evaluate.ts';
import type { Rates, RatesQuery } from '#shared/qa/page-schemas.ts';
import type { Period } from '#shared/qa/periods.ts';
import { rateOf, type Cell } from '#shared/qa/states.ts';
import type { Context } from '#server/platform/context.ts';
import { countOf, isJudged, meanOf, pageAt, rateOrNull, yearNow, yearsOf, type Page, type PageMachine } from './page.ts';

type TypeRates = Rates['types'][number];
type MachineRates = TypeRates['machines'][number];

const MONTHS = Array.from({ length: 12 }, (_, index) => index + 1);
const MONDAY_TO_THURSDAY = 3;

/**
 * The rates of a year, per type that some machine needs. A machine that does not need the type stands there without a rate. The mean is that of the machines
 * of which something was to be judged.
 */
export async function ratesOfYear(ctx: Context, { year: asked }: z.output<typeof RatesQuery>): Promise<Rates> {
  const page = await pageAt(ctx.now());
  const year = asked ?? yearNow(page.picture);
  const shown = page.machines.filter(({ types }) => types.length > 0);
  const types = TYPES_IN_ORDER.filter((type) => shown.some((one) => one.types.includes(type)));
  return { year, years: yearsOf(page.picture), types: types.map((type) => ratesOfType(page, shown, { type, year })) };
}

function ratesOfType(page: Page, shown: readonly PageMachine[], what: { type: QaType; year: number }): TypeRates {
  const machines = shown.map((one) => ratesOf(page, one, what));
  return {
    type: what.type,
    mean: meanOf(machines.map(({ rate, done, missed }) => (done + missed === 0 ? null : rate))),
    months: MONTHS.map((_, index) => meanOf(machines.map(({ months }) => months[index] ?? null))),
    machines,
  };
}

function ratesOf({ picture }: Page, { machine: { id }, types, context }: PageMachine, what: { type: QaType; year: number }): MachineRates {
  if (!types.includes(what.type)) return { machine: id, rate: null, done: 0, missed: 0, months: MONTHS.map(() => null) };
  const cells = isJudged(picture, what.year) ? cellsOfYear(picture.view, id, context, what) : [];
  const { done, missed } = countOf(cells);
  const byMonth = Map.groupBy(cells, monthOf);
  return {
    machine: id,
    rate: rateOf(done, missed),
    done,
    missed,
    months: MONTHS.map((month) => rateOrNull(countOf(byMonth.get(month) ?? []))),
  };
}

/** The month in which a period counts: that of its last day; of its Thursday for a week, which lies in the week's ISO year. */
function monthOf({ period }: Cell): number {
  return dateOf(dayThatCounts(period)).month;
}

function dayThatCounts({ type, fromDay, toDay }: Period): number {
  return type === 'CQH' ? fromDay + MONDAY_TO_THURSDAY : toDay;
}
