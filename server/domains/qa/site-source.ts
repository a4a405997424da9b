import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { SourceState, UploadCsv, Uploaded } from '#shared/qa/page-schemas.ts';
import { qaWordsOf } from '#shared/messages/qa.ts';
import type { Context } from '#server/platform/context.ts';
import { AppError } from '#server/platform/errors.ts';
import { isFileFault, type CsvFault } from './source/csv-file.ts';
import type { CsvSource } from './source/csv.ts';
import { SourceFailure, type QaSource } from './source/port.ts';
import { qaSite } from './site.ts';
import { synchronise } from './synchronise.ts';

/** Where this site's controls come from: its Artiscan, or files. */
export interface SiteSource {
  /** Undefined: the site has no Artiscan. */
  artiscan: QaSource | undefined;
  csv: CsvSource;
}

const MOST_FAULTS = 200;
const LIMIT_MS = 5 * 60_000;
/** A request that lasts longer is taken for one that the database does not answer. */
const PATIENCE_MS = 2500;

/**
 * The source that counts: files only where there is no Artiscan.
 *
 * @throws AppError 409 `qa.source-elsewhere` in a process that was not given the credentials of the site's Artiscan: another one reads it.
 */
export function sourceOf({ artiscan, csv }: SiteSource): QaSource {
  if (!artiscan && qaSite().hasSource) throw new AppError(409, 'qa.source-elsewhere');
  return artiscan ?? csv;
}

/** Reads the source now: all of it, or what is new. */
export async function readNow(ctx: Context, site: SiteSource, { whole } = { whole: true }): Promise<SourceState> {
  return synchronise(ctx, sourceOf(site), { whole, signal: AbortSignal.timeout(LIMIT_MS) });
}

/**
 * Takes a CSV export that somebody uploads, and reads it.
 *
 * @throws AppError 422 `qa.csv` with what is wrong with the file, 409 `qa.source` at a site that has an Artiscan.
 */
export async function takeUpload(
  ctx: Context,
  site: SiteSource,
  { name, whole, base64 }: z.output<typeof UploadCsv>,
): Promise<z.infer<typeof Uploaded>> {
  if (site.artiscan || qaSite().hasSource) throw new AppError(409, 'qa.source');
  const taken = await site.csv.take({ name, bytes: Buffer.from(base64, 'base64'), whole }).catch((error: unknown) => {
    if (error instanceof SourceFailure) throw new AppError(422, 'qa.csv', [{ rule: error.code, message: error.code }]);
    throw error;
  });
  const words = qaWordsOf(ctx.locale).csv;
  const said = (fault: CsvFault): string => words[fault.code](fault);
  if (!taken.taken)
    throw new AppError(
      422,
      'qa.csv',
      taken.faults.filter(isFileFault).map((fault) => ({ rule: fault.code, message: said(fault) })),
    );
  await ctx.atomically('qa', () =>
    ctx.record({ action: 'qa.csv-uploaded', subject: 'qa:source', details: { controls: taken.controls, whole } }),
  );
  await patiently(readNow(ctx, site));
  return {
    controls: taken.controls,
    faults: taken.faults.slice(0, MOST_FAULTS).map((fault) => ({ where: `${name}:${fault.line}`, fault: said(fault) })),
  };
}

/** The file is kept and counts from now on: fifteen years of it are read on after the answer, and if that fails the next reading finds it. */
async function patiently(reading: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  const ended = reading.finally(() => done.abort());
  ended.catch(() => undefined);
  await Promise.race([ended, sleep(PATIENCE_MS, undefined, { signal: done.signal }).catch(() => ended)]);
}
