import type { MachineYear } from '#shared/qa/page-schemas.ts';
import type { QaType } from '#shared/qa/controls.ts';
import { addDays, shareOfYear } from './days.ts';

/** The rows of the year's axis from the shortest period to the longest. */
export const AXIS_ORDER: readonly QaType[] = ['CQQ', 'CQH', 'CQM', 'CQS'];

export type YearCell = MachineYear['types'][number]['cells'][number];

/** Where a cell stands on the axis: percent of the width. */
export interface Placed {
  cell: YearCell;
  left: number;
  width: number;
}

/** The types of a machine's year in the order of the axis. */
export function axisTypes(year: MachineYear): MachineYear['types'] {
  return AXIS_ORDER.flatMap((type) => year.types.filter((one) => one.type === type));
}

/** The cells of a type on the axis of a year. An ISO week may reach beyond it on either side: it is cut there, never left out. */
export function placed(type: QaType, cells: readonly YearCell[], year: number): Placed[] {
  return cells.flatMap((cell) => {
    // A week takes its whole seven days, so that there is no gap between two of them.
    const end = type === 'CQH' ? addDays(cell.from, 7) : addDays(cell.to, 1);
    const left = Math.max(0, shareOfYear(cell.from, year));
    const right = Math.min(1, shareOfYear(end, year));
    return right > left ? [{ cell, left: left * 100, width: (right - left) * 100 }] : [];
  });
}

/** The cell beside another in its row, or the one above or below it in time; undefined at the edge. */
export function neighbour(
  types: MachineYear['types'],
  at: { type: QaType; period: string },
  key: string,
): { type: QaType; period: string } | undefined {
  const row = types.findIndex((one) => one.type === at.type);
  const cells = types[row]?.cells ?? [];
  const index = cells.findIndex((cell) => cell.from === at.period);
  const step = STEPS[key];
  if (step !== undefined) return found(at.type, cells[index + step]);
  if (key === 'Home') return found(at.type, cells[0]);
  if (key === 'End') return found(at.type, cells.at(-1));
  const other = types[row + (key === 'ArrowDown' ? 1 : -1)];
  if ((key !== 'ArrowDown' && key !== 'ArrowUp') || !other) return undefined;
  const near = other.cells.findLast((cell) => cell.from <= at.period) ?? other.cells[0];
  return found(other.type, near);
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

function found(type: QaType, cell: YearCell | undefined): { type: QaType; period: string } | undefined {
  return cell && { type, period: cell.from };
}
