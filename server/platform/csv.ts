/** By it a spreadsheet knows that the text is UTF-8. */
const BYTE_ORDER_MARK = '\uFEFF';
const END_OF_LINE = '\r\n';

export type CsvCell = string | number | null;

/**
 * Lines of cells as a spreadsheet in a French or English office opens them: UTF-8 with a byte order mark, `;` between cells, quotes where they are needed.
 * A text that it would take for a formula begins with an apostrophe: names are written by people, and by machines of others.
 */
export function spreadsheetCsv(lines: readonly (readonly CsvCell[])[]): string {
  return BYTE_ORDER_MARK + lines.map((cells) => cells.map(written).join(';') + END_OF_LINE).join('');
}

function written(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
