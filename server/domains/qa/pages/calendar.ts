import type { z } from 'zod';
import { TYPES_IN_ORDER, dayOf, type Control, type QaType } from '#shared/qa/controls.ts';
import type { Shelf } from '#shared/qa/ledger.ts';
import type { Calendar, CalendarQuery } from '#shared/qa/page-schemas.ts';
import type { Context } from '#server/platform/context.ts';
import { Invalid } from '#server/platform/errors.ts';
import { pictureAt } from '../picture.ts';
import { latestFirst } from './page.ts';
import { searchFor } from './search.ts';

/** More are not sent; `more` says that there are. */
const MOST_CONTROLS = 2000;

/** The controls done between two days, both included, in the order of their dates. @throws Invalid when it would end before it begins */
export async function calendarOf(ctx: Context, query: z.output<typeof CalendarQuery>): Promise<Calendar> {
  const { from, to, machine, type } = query;
  if (to < from) throw new Invalid([{ where: 'query', path: 'to', message: 'the last day lies before the first' }]);
  const { view } = await pictureAt(ctx.now());
  const matches = searchFor(query.q);
  const wanted = ({ at }: Control): boolean => at !== null && at <= view.now && dayOf(at) >= from && dayOf(at) <= to;
  const items: Calendar['items'] = [];
  for (const [id, shelves] of view.ledger.shelves) {
    if (machine !== undefined && id !== machine) continue;
    for (const one of type ? [type] : TYPES_IN_ORDER) {
      for (const control of onShelf(shelves[one])) if (wanted(control) && matches(control)) items.push(presentItem(control, id, one));
    }
  }
  items.sort((a, b) => latestFirst(b, a));
  return {
    items: items.slice(0, MOST_CONTROLS),
    holidays: [...view.calendar.holidays].filter((day) => day >= from && day <= to).sort(),
    more: items.length > MOST_CONTROLS,
  };
}

/** All controls of a machine and a type, in a judged period or not. */
function* onShelf({ cells, loose }: Shelf): Iterable<Control> {
  for (const { controls } of cells.values()) yield* controls;
  yield* loose.values();
}

function presentItem(control: Control, machine: string, type: QaType): Calendar['items'][number] {
  return { ...control, machine, type };
}
