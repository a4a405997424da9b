import { cellsOfYear } from '#shared/qa/evaluate.ts';
import type { QaType } from '#shared/qa/controls.ts';
import { allMachines } from '#server/domains/machines/index.ts';
import { contextOf, declaredOf, entryOf } from './facts.ts';
import { pictureAt } from './picture.ts';
import { DailyModel } from './records-model.ts';

/** Whether a period of a machine, named by its first day, is over and was missed, at an instant that is now. */
export async function isMissed({ machine, type, period }: { machine: string; type: QaType; period: string }, now: Date): Promise<boolean> {
  const one = allMachines().find(({ id }) => id === machine);
  if (!one) return false;
  const { view } = await pictureAt(now);
  const { outages } = await declaredOf([one]);
  const entered = type === 'CQQ' ? await DailyModel.find({ machine, day: period }).lean() : [];
  const context = { ...contextOf(outages.get(machine) ?? [], []), daily: entered.map(entryOf) };
  const year = Number(period.slice(0, 4));
  // A week belongs to the year of its Thursday: its first day may lie in the year before.
  const cells = [year, year + 1].flatMap((wanted) => cellsOfYear(view, machine, context, { type, year: wanted }));
  return cells.some((cell) => cell.period.from === period && cell.state === 'missed');
}
