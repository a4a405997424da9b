import type { z } from 'zod';
import { qaPageWordsOf } from '#shared/messages/qa-pages.ts';
import { qaWordsOf } from '#shared/messages/qa.ts';
import type { TableQuery, YearTable } from '#shared/qa/page-schemas.ts';
import { machineName } from '#server/domains/machines/index.ts';
import type { Context } from '#server/platform/context.ts';
import { spreadsheetCsv } from '#server/platform/csv.ts';
import { yearTable } from './table.ts';

/** The table of a year for a spreadsheet: a line per period, a column per machine, and their rates below. */
export async function exportCsv(ctx: Context, query: z.output<typeof TableQuery>): Promise<string> {
  const table = await yearTable(ctx, query);
  const words = qaPageWordsOf(ctx.locale);
  const rate = (value: number | null): string =>
    value === null ? '' : value.toLocaleString(ctx.locale, { minimumFractionDigits: 1, useGrouping: false });
  return spreadsheetCsv([
    [words.csv.period, words.csv.from, words.csv.to, ...table.rows.map(({ machine }) => machineName(machine))],
    ...table.periods.map(({ label, from, to }, index) => [label, from, to, ...table.rows.map(({ cells }) => stateWord(ctx, cells[index]))]),
    [words.csv.done, '', '', ...table.rows.map(({ done }) => String(done))],
    [words.csv.missed, '', '', ...table.rows.map(({ missed }) => String(missed))],
    [words.csv.rate, '', '', ...table.rows.map((row) => rate(row.rate))],
  ]);
}

function stateWord({ locale }: Context, cell: YearTable['rows'][number]['cells'][number] | undefined): string {
  if (!cell) return '';
  const { states } = qaWordsOf(locale);
  return cell.justified ? states.justified : states[cell.state];
}
