import type { Control } from '#shared/qa/controls.ts';
import { isFileFault, parseControlsCsv, type CsvControls, type CsvFault } from './csv-file.ts';
import * as store from './csv-folder.ts';
import { SourceFailure, type QaSource, type Range, type Reading, type RowFault } from './port.ts';

/** Superseded files are kept a while, to look at. */
const MAX_SUPERSEDED = 10;
const MAX_FILES = 2000;
const MAX_CONTROLS = 2_000_000;
/** A file laid into the folder replaces all that was known when its name begins so; else it adds to it. */
const WHOLE = /^(complet|full)/i;

interface CsvOptions {
  /** Files are laid here; `done` and `failed` are made in it. */
  folder: string;
  now: () => Date;
  /** How long a file must not grow to be complete. */
  settleMs?: number;
}

export interface Upload {
  name: string;
  bytes: Uint8Array;
  /** It holds everything: controls that are not in it were deleted. */
  whole: boolean;
}

/** What became of an upload. With a fault of the file itself nothing was taken. */
export interface Taken {
  taken: boolean;
  controls: number;
  faults: readonly CsvFault[];
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
  const parsed = new Map<string, CsvControls>();
  let turn: Promise<unknown> = Promise.resolve();
  /** One after another: two looks at once would both take the same file. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = turn.then(() => withFolder(folder, act));
    turn = result.catch(() => undefined);
    return result;
  }

  async function nextName(name: string, whole: boolean): Promise<store.TakenFile> {
    const last = (await store.takenFiles(folder)).at(-1);
    const at = now();
    // A clock that was set back must not put a newer file before an older one.
    const after = last && last.takenAt >= at ? new Date(last.takenAt.getTime() + 1) : at;
    return store.takenName(after, whole, name);
  }

  /** Takes the files that were laid into the folder. One that says nothing goes aside; the others are not held up by it. */
  async function look(signal: AbortSignal): Promise<void> {
    for (const name of await store.completeFiles(folder, settleMs, signal)) {
      if (signal.aborted) throw new SourceFailure('stopped');
      const bytes = await store.bytesOf(folder, name);
      const content = bytes && parseControlsCsv(bytes);
      const fault = content?.faults.find(isFileFault);
      if (!content || fault) await store.putAside(folder, name, store.stampOf(now()), fault ? sayFault(fault) : 'the file is too large');
      else {
        const file = await nextName(name, WHOLE.test(name));
        await store.keepFile(folder, name, file);
        parsed.set(file.name, content);
      }
    }
  }

  async function contentOf(file: store.TakenFile): Promise<CsvControls> {
    const content = parsed.get(file.name) ?? parseControlsCsv(await store.readTaken(folder, file));
    parsed.set(file.name, content);
    return content;
  }

  /** The files that count: the last whole one and what came after it. Older ones go, all but a few. */
  async function counting(): Promise<store.TakenFile[]> {
    const files = await store.takenFiles(folder);
    const first = Math.max(
      0,
      files.findLastIndex(({ whole }) => whole),
    );
    for (const old of files.slice(0, Math.max(0, first - MAX_SUPERSEDED))) await store.removeTaken(folder, old);
    const counted = files.slice(first);
    for (const name of parsed.keys()) if (!counted.some((file) => file.name === name)) parsed.delete(name);
    if (counted.length > MAX_FILES) throw new SourceFailure('too-many', { detail: `over ${MAX_FILES} files since the last whole one` });
    return counted;
  }

  async function read(range: Range, signal: AbortSignal): Promise<Reading> {
    await look(signal);
    const files = await counting();
    const newest = files.at(-1);
    if (!newest) throw new SourceFailure('absent');
    const controls = new Map<number, Control>();
    const faults: RowFault[] = [];
    for (const file of files) {
      if (signal.aborted) throw new SourceFailure('stopped');
      const content = await contentOf(file);
      for (const control of content.controls) controls.set(control.id, control);
      faults.push(...content.faults.map(({ line, code, column }) => ({ where: `${file.name}:${line}`, fault: code, column })));
      if (controls.size > MAX_CONTROLS) throw new SourceFailure('too-many', { detail: `over ${MAX_CONTROLS} controls` });
    }
    const inRange = [...controls.values()].filter((control) => isWithin(control, range));
    return { controls: inRange.sort((one, other) => one.id - other.id), faults, asOf: newest.takenAt };
  }

  return {
    kind: 'csv',
    read: (range, signal) => inTurn(() => read(range, signal)),
    // The columns are looked at file by file.
    check: () => inTurn(() => Promise.resolve([])),
    take: ({ name, bytes, whole }) =>
      inTurn(async () => {
        if (store.isTooLarge(bytes)) throw new SourceFailure('too-many', { detail: 'the file is too large' });
        const content = parseControlsCsv(bytes);
        if (content.faults.some(isFileFault)) return { taken: false, controls: 0, faults: content.faults };
        const file = await nextName(name, whole);
        await store.keepBytes(folder, file, bytes);
        parsed.set(file.name, content);
        return { taken: true, controls: content.controls.length, faults: content.faults };
      }),
  };
}

function isWithin({ at }: Control, { since, until }: Range): boolean {
  if (since === undefined && until === undefined) return true;
  return at !== null && (since === undefined || at >= since) && (until === undefined || at < until);
}

function sayFault({ line, code, column }: CsvFault): string {
  return [`line ${line}: ${code}`, column].filter((part) => part !== '').join(' ');
}

/** Faults of the file system are a source that is away. Its paths stay out of what is told. */
async function withFolder<T>(folder: string, act: () => Promise<T>): Promise<T> {
  try {
    await store.prepareFolder(folder);
    return await act();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    if (error.code === 'ABORT_ERR') throw new SourceFailure('stopped');
    if ('syscall' in error) throw new SourceFailure('unreachable', { detail: String(error.code) });
    throw error;
  }
}
