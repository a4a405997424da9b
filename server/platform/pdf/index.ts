import { startThread } from '#server/platform/threads.ts';
import type { PdfDocument } from './document.ts';

export type { PdfBlock, PdfDocument } from './document.ts';

/** A report of all machines over a year takes some seconds. */
const MOST_MS = 60_000;

let turn: Promise<unknown> = Promise.resolve();

/**
 * Draws a document as a PDF. In a thread of its own: laying out some hundred pages takes seconds, in which nothing else could be answered. One at a time,
 * because each takes its memory. The same document gives the same bytes.
 *
 * @throws Error when it cannot be drawn, or takes longer than a minute.
 */
export function renderPdf(document: PdfDocument): Promise<Buffer<ArrayBuffer>> {
  const drawn = turn.then(() => draw(document));
  turn = drawn.catch(() => undefined);
  return drawn;
}

function draw(document: PdfDocument): Promise<Buffer<ArrayBuffer>> {
  const worker = startThread(new URL('./worker.ts', import.meta.url), {
    workerData: document,
    name: 'vigie-pdf',
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  return new Promise<Buffer<ArrayBuffer>>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the document took too long to draw')), MOST_MS);
    timer.unref();
    worker.once('message', (bytes: Uint8Array<ArrayBuffer>) => resolve(Buffer.from(bytes)));
    worker.once('error', reject);
    worker.once('exit', () => {
      clearTimeout(timer);
      reject(new Error('the thread that draws the document ended')); // without effect once it is drawn
    });
  }).finally(() => worker.terminate());
}
