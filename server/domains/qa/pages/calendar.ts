import type { z } from 'zod';
import { dayNumberOf, type DayNumber } from '#shared/qa/calendar.ts';
import { TYPES_IN_ORDER, type Control, type QaType, type WallClock } from '#shared/qa/controls.ts';
import type { Shelf } from '#shared/qa/ledger.ts';
import type { Calendar, CalendarQuery } from '#shared/qa/page-schemas.ts';
import { periodIndexOn } from '#shared/qa/periods.ts';
import type { Context } from '#server/platform/context.ts';
import { Invalid } from '#server/platform/errors.ts';
import { pictureAt } from '../picture.ts';
import { latestFirst } from './page.ts';
import { searchFor } from './search.ts';
import { createTurns } from './turns.ts';

/** More are not sent; `more` says that there are. */
const MOST_CONTROLS = 2000;

/** The controls done between two days, both included, in the order of their dates. @throws Invalid when it would end before it begins */
export async function calendarOf(ctx: Context, query: z.output<typeof CalendarQuery>): Promise<Calendar> {
  const { from, to, machine, type } = query;
  if (to < from) throw new Invalid([{ where: 'query', path: 'to', message: 'the last day lies before the first' }]);
  const { view } = await pictureAt(ctx.now());
  const span = spanOf(from, to, view.now);
  const matches = searchFor(query.q);
  const turns = createTurns();
  const items: Calendar['items'] = [];
  for (const [id, shelves] of view.ledger.shelves) {
    if (machine !== undefined && id !== machine) continue;
    for (const one of type ? [type] : TYPES_IN_ORDER) {
      for (const control of doneIn(shelves[one], one, span)) if (matches(control)) items.push({ ...control, machine: id, type: one });
    }
    await turns.next();
  }
  items.sort((a, b) => latestFirst(b, a));
  return {
    items: items.slice(0, MOST_CONTROLS),
    holidays: [...view.calendar.holidays].filter((day) => day >= from && day <= to).sort(),
    more: items.length > MOST_CONTROLS,
  };
}

/** From the first moment of a day to the last one of another, but not after now. */
interface Span {
  readonly fromDay: DayNumber;
  readonly toDay: DayNumber;
  readonly begin: string;
  readonly end: string;
}

function spanOf(from: string, to: string, now: WallClock): Span {
  const [fromDay, toDay] = [dayNumberOf(from), dayNumberOf(to)];
  const end = `${to}T23:59:59.999`;
  return { fromDay, toDay, begin: from, end: end < now ? end : now };
}

/** The controls of a machine and a type in a span, in a judged period or not. Whole periods outside of it are passed over by their number. */
function doneIn({ cells, loose }: Shelf, type: QaType, { fromDay, toDay, begin, end }: Span): Control[] {
  const [first, last] = [indexOf(type, fromDay), indexOf(type, toDay)];
  const found: Control[] = [];
  const take = (control: Control): void => {
    if (control.at !== null && control.at >= begin && control.at <= end) found.push(control);
  };
  for (const [index, { controls }] of cells) if (index >= first && index <= last) controls.forEach(take);
  loose.forEach(take);
  return found;
}

/** The number of the period around a day, that of the day itself for daily controls. */
function indexOf(type: QaType, day: DayNumber): number {
  return periodIndexOn(type, day, true) ?? day;
}
