import type { z } from 'zod';
import { qaPageWordsOf } from '#shared/messages/qa-pages.ts';
import { qaWordsOf } from '#shared/messages/qa.ts';
import type { TableQuery, YearTable } from '#shared/qa/page-schemas.ts';
import { machineName } from '#server/domains/machines/index.ts';
import type { Context } from '#server/platform/context.ts';
import { yearTable } from './table.ts';

/** By it a spreadsheet knows that the text is UTF-8. */
const BYTE_ORDER_MARK = '\uFEFF';
const END_OF_LINE = '\r\n';

/** The table of a year for a spreadsheet: a line per period, a column per machine, and their rates below. */
export async function exportCsv(ctx: Context, query: z.output<typeof TableQuery>): Promise<string> {
  const table = await yearTable(ctx, query);
  const words = qaPageWordsOf(ctx.locale);
  const rate = (value: number | null): string =>
    value === null ? '' : value.toLocaleString(ctx.locale, { minimumFractionDigits: 1, useGrouping: false });
  const lines = [
    [words.csv.period, words.csv.from, words.csv.to, ...table.rows.map(({ machine }) => machineName(machine))],
    ...table.periods.map(({ label, from, to }, index) => [label, from, to, ...table.rows.map(({ cells }) => stateWord(ctx, cells[index]))]),
    [words.csv.done, '', '', ...table.rows.map(({ done }) => String(done))],
    [words.csv.missed, '', '', ...table.rows.map(({ missed }) => String(missed))],
    [words.csv.rate, '', '', ...table.rows.map((row) => rate(row.rate))],
  ];
  return BYTE_ORDER_MARK + lines.map((cells) => cells.map(csvCell).join(';') + END_OF_LINE).join('');
}

function stateWord({ locale }: Context, cell: YearTable['rows'][number]['cells'][number] | undefined): string {
  if (!cell) return '';
  const { states } = qaWordsOf(locale);
  return cell.justified ? states.justified : states[cell.state];
}

/** A cell that a spreadsheet would take for a formula begins with an apostrophe: a machine's name is written by people. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[;"\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
