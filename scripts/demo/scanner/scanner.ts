import { setTimeout as sleep } from 'node:timers/promises';
import { store, type StoreResult } from '#server/platform/dicom/client.ts';
import { EXPLICIT_LITTLE } from '#server/platform/dicom/uids.ts';
import { objectsOf, SCANNER_SOP_CLASSES } from './objects.ts';
import { planStudy, type Study } from './study.ts';
import { type Subject, subjectOf } from './subjects.ts';

/** Where the simulated scanner sends, as whom, and what. */
export interface ScannerOptions {
  readonly host: string;
  readonly port: number;
  /** AE title that is called. */
  readonly aec: string;
  /** The scanner's own. */
  readonly aet?: string;
  readonly seed?: number;
  /** Who may be scanned, asked before each study; without patients all are strangers to the site. */
  readonly patients?: () => Promise<readonly Subject[]> | readonly Subject[];
  /** Slices of each CT; 40 to 79 when not given. */
  readonly slices?: number;
  /** When a study is acquired: part of what its UIDs are made of. */
  readonly at?: (index: number) => Date;
  readonly onStudy?: (report: StudyReport) => void;
  readonly signal?: AbortSignal;
}

/** What became of a study. */
export interface StudyReport extends StoreResult {
  readonly index: number;
  readonly study: Study;
}

const AET = 'SCANNER1';
const SEED = 1;
const FIRST_AFTER_MS = 10_000;
const EVERY_MS = 60_000;
/** The demo may run for days: its studies are the shorter ones. */
const DEMO_SLICES = 40;
const CONTEXTS = SCANNER_SOP_CLASSES.map((sopClass) => ({ sopClass, transferSyntaxUid: EXPLICIT_LITTLE }));

/** Sends studies one after another, each over its own association. Resolves to how many were sent and how many were not taken whole. */
export async function runScanner(
  options: ScannerOptions & { studies: number; everyMs?: number },
): Promise<{ sent: number; failed: number }> {
  const { studies, everyMs = 0, signal } = options;
  const total = { sent: 0, failed: 0 };
  for (let index = 0; index < studies && !signal?.aborted; index += 1) {
    if (index > 0 && everyMs > 0 && !(await waited(everyMs, signal))) break;
    const report = await sendStudy(options, index);
    total.sent += 1;
    if (!report.ok) total.failed += 1;
    options.onStudy?.(report);
  }
  return total;
}

/** The scanner of the demo: a first study after ten seconds, then one a minute, until it is stopped. What fails is told, and it goes on. */
export function startScanner(
  options: Omit<ScannerOptions, 'signal'> & { onError: (error: unknown) => void; firstAfterMs?: number; everyMs?: number },
): { stop: () => Promise<void> } {
  const { firstAfterMs = FIRST_AFTER_MS, everyMs = EVERY_MS, onError } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async (): Promise<void> => {
    for (let index = 0; await waited(index === 0 ? firstAfterMs : everyMs, signal); index += 1) {
      try {
        const report = await sendStudy({ slices: DEMO_SLICES, ...options, signal }, index);
        options.onStudy?.(report);
      } catch (error) {
        onError(error);
      }
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Plans one study and sends its objects as they are made. */
async function sendStudy(options: ScannerOptions, index: number): Promise<StudyReport> {
  const { host, port, aec, aet = AET, seed = SEED, slices, signal } = options;
  const subject = subjectOf((await options.patients?.()) ?? [], seed, index);
  const study = planStudy({ seed, index, subject, station: aet, at: options.at?.(index) ?? new Date(), ...(slices ? { slices } : {}) });
  const result = await store({ host, port, callingAeTitle: aet, calledAeTitle: aec }, objectsOf(study), {
    contexts: CONTEXTS,
    ...(signal ? { signal } : {}),
  });
  return { ...result, index, study };
}

/** Waits; false when it was stopped meanwhile. */
async function waited(ms: number, signal?: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
    return true;
  } catch {
    return false; // sleep rejects for its signal alone
  }
}
