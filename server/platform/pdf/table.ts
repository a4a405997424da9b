import type PDFDocument from 'pdfkit';
import type { PdfTable } from './document.ts';
import { bottomOf, breakable, FONT_SIZE, INK, MARGIN, widthOf } from './sheet.ts';

type Pdf = InstanceType<typeof PDFDocument>;

const CELL = { x: 3, y: 2.5 };
/** A table does not begin with its head alone at the end of a page. */
const KEPT_TOGETHER = 70;
/** Letters of a cell that fits into half a page in any column. */
const SHORT = 80;

interface Column {
  readonly points: number;
  readonly right: boolean;
}

/** A row whose texts were measured once: laying out is most of the work of a document. */
interface Row {
  readonly font: 'regular' | 'bold';
  readonly cells: readonly { readonly text: string; readonly width: number; readonly oneLine: boolean }[];
  readonly height: number;
}

/** Draws a table over as many pages as it needs, its head on each of them. */
export function drawTable(pdf: Pdf, table: PdfTable): void {
  const shares = table.columns.reduce((sum, { width }) => sum + width, 0);
  const columns = table.columns.map(({ width, right = false }) => ({ points: (width / shares) * widthOf(pdf), right }));
  const measure = measurer(pdf, columns);
  const head = measure(
    table.columns.map(({ title }) => title),
    'bold',
  );
  if (pdf.y + KEPT_TOGETHER > bottomOf(pdf)) pdf.addPage();
  drawRow(pdf, columns, head);
  for (const texts of table.rows) {
    for (const row of fitting(pdf, measure, texts.map(onOneLine))) {
      if (pdf.y + row.height > bottomOf(pdf)) {
        pdf.addPage();
        drawRow(pdf, columns, head);
      }
      drawRow(pdf, columns, row);
    }
  }
  pdf.x = MARGIN.left;
  pdf.moveDown(0.6);
}

type Measure = (texts: readonly string[], font: Row['font']) => Row;

/** Measures rows. What fits on one line is only measured in width, each text once: most texts of a table come again and again. */
function measurer(pdf: Pdf, columns: readonly Column[]): Measure {
  const widths = new Map<string, number>();
  const widthOfText = (text: string, font: string): number => {
    const key = `${font} ${text}`;
    const width = widths.get(key) ?? pdf.widthOfString(text);
    widths.set(key, width);
    return width;
  };
  return (texts, font) => {
    pdf.font(font).fontSize(FONT_SIZE.table);
    const line = pdf.currentLineHeight(true);
    let height = line;
    const cells = columns.map(({ points }, index) => {
      const text = texts[index] ?? '';
      const width = widthOfText(text, font);
      const oneLine = width <= points - 2 * CELL.x;
      if (!oneLine) height = Math.max(height, pdf.heightOfString(text, { width: points - 2 * CELL.x }));
      return { text, width, oneLine };
    });
    return { font, cells, height: height + 2 * CELL.y };
  };
}

function drawRow(pdf: Pdf, columns: readonly Column[], { font, cells, height }: Row): void {
  const top = pdf.y;
  if (font === 'bold') pdf.rect(MARGIN.left, top, widthOf(pdf), height).fill(INK.head);
  pdf.font(font).fontSize(FONT_SIZE.table).fillColor(INK.text);
  let left = MARGIN.left;
  for (const [index, { points, right }] of columns.entries()) {
    const { text = '', width = 0, oneLine = true } = cells[index] ?? {};
    const room = points - 2 * CELL.x;
    const start = left + CELL.x + (right && oneLine ? room - width : 0);
    if (text !== '') pdf.text(text, start, top + CELL.y, oneLine ? { lineBreak: false } : { width: room });
    left += points;
  }
  const bottom = top + height;
  pdf.moveTo(MARGIN.left, bottom);
  pdf
    .lineTo(MARGIN.left + widthOf(pdf), bottom)
    .lineWidth(0.5)
    .strokeColor(INK.line)
    .stroke();
  pdf.y = bottom;
}

/** A row as it is, or in parts when it is higher than half a page: a name of 4,000 characters must not run out of it. */
function fitting(pdf: Pdf, measure: Measure, texts: readonly string[]): Row[] {
  const row = measure(texts, 'regular');
  const high = row.height > (bottomOf(pdf) - MARGIN.top) / 2;
  if (!high || texts.every((text) => text.length < SHORT)) return [row];
  const halves = texts.map(splitAt);
  return [0, 1].flatMap((part) =>
    fitting(
      pdf,
      measure,
      halves.map((half) => half[part] ?? ''),
    ),
  );
}

/** Halves a long text; a short one stands in the first part. */
function splitAt(text: string): string[] {
  if (text.length < SHORT) return [text];
  const letters = [...text];
  const middle = Math.ceil(letters.length / 2);
  return [letters.slice(0, middle).join(''), letters.slice(middle).join('')];
}

function onOneLine(text: string): string {
  return breakable(text.replace(/\s+/g, ' '));
}
