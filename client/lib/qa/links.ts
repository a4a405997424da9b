import type { MachineYear } from '#shared/qa/page-schemas.ts';
import type { QaType } from '#shared/qa/controls.ts';
import type { PeriodKey } from './year.svelte.ts';

/** The table of a type and a year, for a spreadsheet. */
export function csvHref(type: QaType, year: number): string {
  return `/api/qa/export.csv?${new URLSearchParams({ type, year: String(year) }).toString()}`;
}

/** The report of a span of days, for an inspection; of one machine when it is named. */
export function reportHref(from: string, to: string, machine?: string): string {
  return `/api/qa/report.pdf?${new URLSearchParams({ from, to, ...(machine && { machine }) }).toString()}`;
}

/** The report of the chosen period of a machine, or of its year. */
export function pdfHref(year: number, selected: PeriodKey | undefined, machine: string, shown: MachineYear | undefined): string {
  const cells = shown?.types.find((one) => one.type === selected?.type)?.cells;
  const cell = cells?.find((one) => one.from === selected?.period);
  return cell ? reportHref(cell.from, cell.to, machine) : reportHref(`${year}-01-01`, `${year}-12-31`, machine);
}
