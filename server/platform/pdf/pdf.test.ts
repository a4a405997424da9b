import { describe, expect, it } from 'vitest';
import { renderPdf, type PdfBlock, type PdfDocument } from './index.ts';

const document = (blocks: readonly PdfBlock[]): PdfDocument => ({
  title: 'Essai',
  author: 'Test',
  language: 'fr',
  madeAtMs: Date.UTC(2026, 10, 20),
  foot: { left: 'Essai', page: 'Page {page} sur {pages}' },
  blocks,
});

const table = (rows: readonly (readonly string[])[]): PdfBlock => ({
  kind: 'table',
  columns: [
    { title: 'A', width: 1 },
    { title: 'B', width: 1, right: true },
  ],
  rows,
});

const pagesOf = (pdf: Buffer): number => pdf.toString('latin1').match(/\/Type \/Page\b(?!s)/g)?.length ?? 0;

describe('a document', () => {
  it('has its title, its language and a bookmark for each heading', async () => {
    const pdf = await renderPdf(
      document([
        { kind: 'heading', level: 1, text: 'One' },
        { kind: 'heading', level: 2, text: 'Under one' },
        { kind: 'heading', level: 1, text: 'Two', newPage: true },
      ]),
    );
    const text = pdf.toString('latin1');
    expect(text).toContain('(Essai)');
    expect(text).toContain('/Lang (fr)');
    for (const bookmark of ['One', 'Under one', 'Two']) expect(text).toContain(`/Title (${bookmark})`);
    expect(pagesOf(pdf)).toBe(2);
  });

  it('goes on over pages with a long table, and no page is left empty at its end', async () => {
    const rows = Array.from({ length: 120 }, (_, index) => [`row ${index}`, String(index)]);
    expect(pagesOf(await renderPdf(document([table(rows)])))).toBe(3);
  });

  it('breaks a cell of 20,000 letters over pages, and takes what no font has', async () => {
    const pdf = await renderPdf(
      document([
        table([
          ['x'.repeat(20_000), 'short'],
          ['日本語 \u0000 \u{1F600}\n\n\n', ''],
        ]),
      ]),
    );
    expect(pagesOf(pdf)).toBeGreaterThan(5);
    expect(pagesOf(pdf)).toBeLessThan(20);
  });

  it('that cannot be drawn fails alone: the next one is drawn', async () => {
    const broken = { ...document([]), blocks: null as unknown as PdfBlock[] }; // what no caller can make
    const [first, second] = await Promise.allSettled([renderPdf(broken), renderPdf(document([table([['a', 'b']])]))]);
    expect(first.status).toBe('rejected');
    expect(second.status).toBe('fulfilled');
  });
});
