import type { QaType } from '#shared/qa/controls.ts';
import { RemarkModel } from '../records-model.ts';

/** More remarks than this in a year's table are not counted: nobody wrote them by hand. */
const MOST_REMARKS = 20_000;

interface Where {
  machines: readonly string[];
  types: readonly QaType[];
  from: string;
  to: string;
}

/** How many remarks stand beside the periods that begin between two days, by `remarkKey`. */
export async function remarksOf({ machines, types, from, to }: Where): Promise<ReadonlyMap<string, number>> {
  const rows = await RemarkModel.find(
    { machine: { $in: machines }, type: { $in: types }, period: { $gte: from, $lte: to } },
    { machine: 1, type: 1, period: 1 },
  )
    .limit(MOST_REMARKS)
    .lean();
  const counts = new Map<string, number>();
  for (const { machine, type, period } of rows) {
    const key = remarkKey(machine, type, period);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

export function remarkKey(machine: string, type: QaType, period: string): string {
  return `${machine} ${type} ${period}`;
}
