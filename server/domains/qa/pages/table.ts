import type { z } from 'zod';
import { cellsOfYear } from '#shared/qa/evaluate.ts';
import type { TableQuery, YearTable } from '#shared/qa/page-schemas.ts';
import { periodsOfYear } from '#shared/qa/periods.ts';
import { rateOf, type Cell } from '#shared/qa/states.ts';
import type { Context } from '#server/platform/context.ts';
import { countOf, isJudged, pageAt, yearNow, yearsOf } from './page.ts';
import { remarkKey, remarksOf } from './remarks.ts';

type CellOut = NonNullable<YearTable['rows'][number]['cells'][number]>;

/** The table of a year: the periods of a type, and in their order what each machine that needs the type did. */
export async function yearTable(ctx: Context, { type, year: asked }: z.output<typeof TableQuery>): Promise<YearTable> {
  const { picture, machines } = await pageAt(ctx.now());
  const year = asked ?? yearNow(picture, type);
  const periods = periodsOfYear(type, year);
  const rows = machines.filter(({ types }) => types.includes(type));
  const [from = '', to = ''] = [periods[0]?.from, periods.at(-1)?.from];
  const remarks = await remarksOf({ machines: rows.map(({ machine }) => machine.id), types: [type], from, to });
  const judged = isJudged(picture, year);
  return {
    type,
    year,
    years: yearsOf(picture),
    periods: periods.map(({ label, from: first, to: last }) => ({ label, from: first, to: last })),
    rows: rows.map(({ machine: { id }, context }) => {
      const cells = judged ? cellsOfYear(picture.view, id, context, { type, year }) : [];
      const cellAt = new Map(cells.map((cell) => [cell.period.index, cell]));
      const { done, missed } = countOf(cells);
      return {
        machine: id,
        done,
        missed,
        rate: rateOf(done, missed),
        cells: periods.map(({ index, from: first }) => {
          const cell = cellAt.get(index);
          return cell ? presentCell(cell, remarks.get(remarkKey(id, type, first)) ?? 0) : null;
        }),
      };
    }),
  };
}

/** A judged period as the contract has it. */
export function presentCell({ state, justified, controls }: Pick<Cell, 'state' | 'justified' | 'controls'>, remarks: number): CellOut {
  return { state, justified, controls: controls.length, remarks };
}
