import { parentPort, workerData } from 'node:worker_threads';
import type { PdfDocument } from './document.ts';
import { drawPdf } from './draw.ts';

const bytes = await drawPdf(workerData as PdfDocument); // given by index.ts only
parentPort?.postMessage(bytes);
