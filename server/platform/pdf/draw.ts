import { fileURLToPath } from 'node:url';
import PDFDocument from 'pdfkit';
import type { PdfDocument, PdfHeading, PdfText } from './document.ts';
import { bottomOf, breakable, FONT_SIZE, INK, MARGIN, widthOf } from './sheet.ts';
import { drawTable } from './table.ts';

type Pdf = InstanceType<typeof PDFDocument>;

const FONTS = {
  regular: fileURLToPath(new URL('./fonts/DejaVuSans.ttf', import.meta.url)),
  bold: fileURLToPath(new URL('./fonts/DejaVuSans-Bold.ttf', import.meta.url)),
};
const FOOT_ABOVE_EDGE = 36;
const INDENT = 14;
/** A heading does not stand alone at the end of a page. */
const KEPT_WITH_HEADING = 70;

/** Draws a document. The same document gives the same bytes. */
export async function drawPdf(document: PdfDocument): Promise<Uint8Array> {
  const pdf = new PDFDocument({
    size: 'A4',
    margins: MARGIN,
    bufferPages: true,
    lang: document.language,
    displayTitle: true,
    info: {
      Title: document.title,
      Author: document.author,
      Creator: 'Vigie',
      Producer: 'Vigie',
      CreationDate: new Date(document.madeAtMs),
      ModDate: new Date(document.madeAtMs),
    },
  });
  const chunks: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    pdf.on('end', resolve);
    pdf.on('error', reject);
  });
  pdf.registerFont('regular', FONTS.regular);
  pdf.registerFont('bold', FONTS.bold);
  const outline: Outline = { top: pdf.outline };
  for (const block of document.blocks) {
    if (block.kind === 'heading') drawHeading(pdf, block, outline);
    else if (block.kind === 'text') drawText(pdf, block);
    else drawTable(pdf, block);
  }
  drawFeet(pdf, document);
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}

interface Outline {
  readonly top: Pdf['outline'];
  /** The last bookmark of the first level: those of the second stand under it. */
  last?: Pdf['outline'];
}

function drawHeading(pdf: Pdf, { level, text, newPage }: PdfHeading, outline: Outline): void {
  const fresh = pdf.y <= MARGIN.top;
  if (newPage && !fresh) pdf.addPage();
  else if (pdf.y + KEPT_WITH_HEADING > bottomOf(pdf)) pdf.addPage();
  else if (!fresh) pdf.moveDown(level === 1 ? 1 : 0.8);
  if (level === 1) outline.last = outline.top.addItem(text, { expanded: true });
  else (outline.last ?? outline.top).addItem(text);
  pdf
    .font('bold')
    .fontSize(FONT_SIZE[level])
    .fillColor(INK.text)
    .text(text, MARGIN.left, pdf.y, { width: widthOf(pdf) });
  pdf.moveDown(0.3);
}

function drawText(pdf: Pdf, { text, bold, quiet, indent }: PdfText): void {
  const left = indent ? INDENT : 0;
  pdf
    .font(bold ? 'bold' : 'regular')
    .fontSize(quiet ? FONT_SIZE.quiet : FONT_SIZE.text)
    .fillColor(quiet ? INK.quiet : INK.text)
    .text(breakable(text), MARGIN.left + left, pdf.y, { width: widthOf(pdf) - left, paragraphGap: 2 });
}

function drawFeet(pdf: Pdf, { foot }: PdfDocument): void {
  const { start, count } = pdf.bufferedPageRange();
  for (let index = start; index < start + count; index += 1) {
    pdf.switchToPage(index);
    pdf.page.margins.bottom = 0; // else a text below the margin begins another page
    const top = pdf.page.height - FOOT_ABOVE_EDGE;
    const number = foot.page.replace('{page}', String(index + 1)).replace('{pages}', String(count));
    pdf.font('regular').fontSize(FONT_SIZE.quiet).fillColor(INK.quiet);
    pdf.text(foot.left, MARGIN.left, top, { width: widthOf(pdf) * 0.75, height: 12, ellipsis: true, lineBreak: false });
    pdf.text(number, MARGIN.left, top, { width: widthOf(pdf), align: 'right', lineBreak: false });
  }
}
