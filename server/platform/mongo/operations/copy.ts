import { writeBackup, writeExport } from './write-copy.ts';
import { openSource, type Place } from './place.ts';
import type { Manifest } from './manifest.ts';
import { silent, type Progress } from './progress.ts';

interface CopyOptions {
  readonly now?: () => Date;
  readonly progress?: Progress;
}

/** Writes all of a database, at one moment and while the site works, to one file. It bears its name only when it is whole. */
export async function backupTo(file: string, place: Place, options: CopyOptions = {}): Promise<Manifest> {
  return copied(place, (source) => writeBackup(source, file, withDefaults(options)));
}

/** The same as Extended JSON lines in a directory, a file for each collection. */
export async function exportTo(dir: string, place: Place, options: CopyOptions = {}): Promise<Manifest> {
  return copied(place, (source) => writeExport(source, dir, withDefaults(options)));
}

type Source = Awaited<ReturnType<typeof openSource>>;

async function copied(place: Place, write: (source: Source) => Promise<Manifest>): Promise<Manifest> {
  const source = await openSource(place);
  try {
    return await write(source);
  } finally {
    await source.close();
  }
}

const withDefaults = ({ now, progress }: CopyOptions): Required<CopyOptions> => ({
  now: now ?? (() => new Date()),
  progress: progress ?? silent,
});
