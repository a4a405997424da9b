import type { z } from 'zod';
import type { QaType } from '#shared/qa/controls.ts';
import { cellsOfYear } from '#shared/qa/evaluate.ts';
import type { MachineYear, MachineYearQuery } from '#shared/qa/page-schemas.ts';
import { rateOf } from '#shared/qa/states.ts';
import type { Context } from '#server/platform/context.ts';
import { NotFound } from '#server/platform/errors.ts';
import { countOf, isJudged, pageAt, yearNow, yearsOf } from './page.ts';
import { remarkKey, remarksOf } from './remarks.ts';
import { presentCell } from './table.ts';

/** The year of one machine, in service or not: its types with all their periods. @throws NotFound for a machine that is not in the registry */
export async function machineYear(ctx: Context, { machine, year: asked }: z.output<typeof MachineYearQuery>): Promise<MachineYear> {
  const { picture, machines } = await pageAt(ctx.now(), machine);
  const [one] = machines;
  if (!one) throw new NotFound('machine');
  const year = asked ?? yearNow(picture);
  // The first week of an ISO year may begin in the year before.
  const remarks = await remarksOf({ machines: [machine], types: one.types, from: `${year - 1}-12-29`, to: `${year}-12-31` });
  const ofType = (type: QaType): MachineYear['types'][number] => {
    const cells = isJudged(picture, year) ? cellsOfYear(picture.view, machine, one.context, { type, year }) : [];
    const { done, missed } = countOf(cells);
    return {
      type,
      done,
      missed,
      rate: rateOf(done, missed),
      cells: cells.map((cell) => {
        const { label, from, to } = cell.period;
        return { ...presentCell(cell, remarks.get(remarkKey(machine, type, from)) ?? 0), label, from, to };
      }),
    };
  };
  return { machine, year, years: yearsOf(picture), types: one.types.map(ofType) };
}
