import type { Control } from '#shared/qa/controls.ts';
import { prepareFolder } from './csv-folder.ts';
import { shelfOf, type Shelf, type Taken, type Upload } from './csv-shelf.ts';
import { SourceFailure, type QaSource, type Range, type Reading, type RowFault } from './port.ts';

const MAX_CONTROLS = 2_000_000;

interface CsvOptions {
  /** Files are laid here; `done` and `failed` are made in it. */
  folder: string;
  now: () => Date;
  /** How long a file must not grow to be complete. */
  settleMs?: number;
}

export interface CsvSource extends QaSource {
  readonly kind: 'csv';
  /** Takes a file that somebody gives. @throws SourceFailure `too-many` when it is too large, `unreachable` when it cannot be kept. */
  take(upload: Upload): Promise<Taken>;
}

/**
 * Controls from CSV exports, uploaded or laid into a folder. Files add up: of a control that stands in several, the newest file is right. A file that is
 * said to be whole replaces all before it; only such a one tells that controls were deleted.
 */
export function csvSource({ folder, now, settleMs = 2000 }: CsvOptions): CsvSource {
  const shelf = shelfOf(folder, { now, settleMs });
  let turn: Promise<unknown> = Promise.resolve();
  /** One after another: two looks at once would both take the same file. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = turn.then(() => withFolder(folder, act));
    turn = result.catch(() => undefined);
    return result;
  }
  return {
    kind: 'csv',
    read: (range, signal) => inTurn(() => readShelf(shelf, range, signal)),
    // The columns are looked at file by file.
    check: () => inTurn(() => Promise.resolve([])),
    take: (upload) => inTurn(() => shelf.take(upload)),
  };
}

async function readShelf(shelf: Shelf, range: Range, signal: AbortSignal): Promise<Reading> {
  await shelf.look(signal);
  const files = await shelf.counting();
  const newest = files.at(-1);
  if (!newest) throw new SourceFailure('absent');
  const controls = new Map<number, Control>();
  const faults: RowFault[] = [];
  for (const file of files) {
    if (signal.aborted) throw new SourceFailure('stopped');
    const content = await shelf.contentOf(file);
    for (const control of content.controls) controls.set(control.id, control);
    for (const { line, code, column } of content.faults) faults.push({ where: `${file.name}:${line}`, fault: code, column });
    if (controls.size > MAX_CONTROLS) throw new SourceFailure('too-many', { detail: `over ${MAX_CONTROLS} controls` });
  }
  faults.push(...(await shelf.asideSince(newest.takenAt)));
  const inRange = [...controls.values()].filter((control) => isWithin(control, range));
  return { controls: inRange.sort((one, other) => one.id - other.id), faults, asOf: newest.takenAt };
}

function isWithin({ at }: Control, { since, until }: Range): boolean {
  if (since === undefined && until === undefined) return true;
  return at !== null && (since === undefined || at >= since) && (until === undefined || at < until);
}

/** Faults of the file system are a source that is away. Its paths stay out of what is told. */
async function withFolder<T>(folder: string, act: () => Promise<T>): Promise<T> {
  try {
    await prepareFolder(folder);
    return await act();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    if (error.code === 'ABORT_ERR') throw new SourceFailure('stopped');
    if ('syscall' in error) throw new SourceFailure('unreachable', { detail: String(error.code) });
    throw error;
  }
}
