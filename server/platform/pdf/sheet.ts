import type PDFDocument from 'pdfkit';

type Pdf = InstanceType<typeof PDFDocument>;

/** Points. The foot stands below the bottom margin. */
export const MARGIN = { top: 48, bottom: 56, left: 48, right: 48 };
export const FONT_SIZE = { 1: 17, 2: 12, text: 9.5, table: 8, quiet: 8 } as const;
export const INK = { text: '#1a1d21', quiet: '#555b63', line: '#b9bec5', head: '#eef0f2' };

/** What a line may fill between the margins. */
export function widthOf(pdf: Pdf): number {
  return pdf.page.width - MARGIN.left - MARGIN.right;
}

/** Where the text of a page ends. */
export function bottomOf(pdf: Pdf): number {
  return pdf.page.height - MARGIN.bottom;
}

/** A text whose long words may be broken, at a space without width: the layout of one word takes time by the square of its length. */
export function breakable(text: string): string {
  return text.replace(/\S{24}(?=\S)/gu, '$&\u200B');
}
