import { isFileFault, parseControlsCsv, type CsvControls, type CsvFault } from './csv-file.ts';
import * as store from './csv-folder.ts';
import { SourceFailure, type RowFault } from './port.ts';

/** Superseded files are kept a while, to look at. */
const MAX_SUPERSEDED = 10;
const MAX_FILES = 2000;
/** A file laid into the folder replaces all that was known when its name begins so; else it adds to it. */
const WHOLE = /^(complet|full)/i;
const TOO_LARGE = 'too-large';

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

/** The files of a folder, and what they say. */
export interface Shelf {
  take(upload: Upload): Promise<Taken>;
  /** Takes the files that were laid into the folder. One that says nothing goes aside; the others are not held up by it. */
  look(signal: AbortSignal): Promise<void>;
  /** The files that count: the last whole one and what came after it. Older ones go, all but a few. */
  counting(): Promise<store.TakenFile[]>;
  contentOf(file: store.TakenFile): Promise<CsvControls>;
  /** Files put aside since then: who laid them there should hear of it. */
  asideSince(at: Date): Promise<RowFault[]>;
}

export function shelfOf(folder: string, { now, settleMs }: { now: () => Date; settleMs: number }): Shelf {
  const parsed = new Map<string, CsvControls>();

  async function nextFile(name: string, whole: boolean): Promise<store.TakenFile> {
    const last = (await store.takenFiles(folder)).at(-1);
    const at = now();
    // A clock that was set back must not put a newer file before an older one.
    const after = last && last.takenAt >= at ? new Date(last.takenAt.getTime() + 1) : at;
    return store.takenName(after, whole, name);
  }

  async function takeLaid(name: string): Promise<void> {
    const bytes = await store.bytesOf(folder, name);
    const content = bytes && parseControlsCsv(bytes);
    const fault = content?.faults.find(isFileFault);
    if (!content || fault) return store.putAside(folder, name, store.stampOf(now()), reasonOf(fault));
    const file = await nextFile(name, WHOLE.test(name));
    await store.keepFile(folder, name, file);
    parsed.set(file.name, content);
  }

  return {
    async take({ name, bytes, whole }) {
      if (store.isTooLarge(bytes)) throw new SourceFailure('too-many', { detail: 'the file is too large' });
      const content = parseControlsCsv(bytes);
      if (content.faults.some(isFileFault)) return { taken: false, controls: 0, faults: content.faults };
      const file = await nextFile(name, whole);
      await store.keepBytes(folder, file, bytes);
      parsed.set(file.name, content);
      return { taken: true, controls: content.controls.length, faults: content.faults };
    },
    async look(signal) {
      for (const name of await store.completeFiles(folder, settleMs, signal)) {
        if (signal.aborted) throw new SourceFailure('stopped');
        await takeLaid(name);
      }
    },
    async counting() {
      const files = await store.takenFiles(folder);
      const lastWhole = files.findLastIndex(({ whole }) => whole);
      const first = Math.max(0, lastWhole);
      for (const old of files.slice(0, Math.max(0, first - MAX_SUPERSEDED))) await store.removeTaken(folder, old);
      const counted = files.slice(first);
      for (const name of parsed.keys()) if (!counted.some((file) => file.name === name)) parsed.delete(name);
      if (counted.length > MAX_FILES) throw new SourceFailure('too-many', { detail: `over ${MAX_FILES} files since the last whole one` });
      return counted;
    },
    async contentOf(file) {
      const content = parsed.get(file.name) ?? parseControlsCsv(await store.readTaken(folder, file));
      parsed.set(file.name, content);
      return content;
    },
    async asideSince(at) {
      return (await store.filesAside(folder, at)).map(({ name, reason }) => faultAside(name, reason));
    },
  };
}

/** As it stands beside a file that was put aside: `line 1: columns Id_Object`. */
function reasonOf(fault: CsvFault | undefined): string {
  if (!fault) return `line 1: ${TOO_LARGE}`;
  return [`line ${fault.line}: ${fault.code}`, fault.column].filter((part) => part !== '').join(' ');
}

function faultAside(name: string, reason: string): RowFault {
  const [, line = '1', fault = TOO_LARGE, column] = /^line (\d+): ([\w-]+)(?: (.+))?$/.exec(reason) ?? [];
  return { where: `${name}:${line}`, fault, ...(column === undefined ? {} : { column }) };
}
