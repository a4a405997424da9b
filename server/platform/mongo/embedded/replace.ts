import { closeSync, copyFileSync, existsSync, fsyncSync, linkSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { locate, takeLock } from './location.ts';

/** The right to put another file in the place of a directory's database. @throws Error when an engine runs on the directory */
export function beginReplacing(dataDir: string) {
  const { file, lock } = locate(dataDir);
  const release = takeLock(lock);
  if (release === undefined) throw new Error(`The database in ${dataDir} is in use. Stop Vigie, then run this again.`);
  const occupied = existsSync(file);
  /** Puts a closed database file in place, at once; tells where the old one now lies. */
  const put = (fresh: string, suffix: string): string | undefined => {
    const aside = existsSync(file) ? `${file}.${suffix}` : undefined;
    if (aside !== undefined) keep(file, aside);
    renameSync(fresh, file); // over the old one: at no moment is there none, which a start would take for a new site
    syncDirectory(dirname(file));
    return aside;
  };
  return { file, occupied, put, release };
}

/** Keeps the old file under another name. Its log must not stay: it would be applied to the new file. */
function keep(file: string, aside: string): void {
  try {
    const db = new DatabaseSync(file);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
  } catch {
    // Damaged: it is kept as it is, with its log beside it.
  }
  for (const end of ['-wal', '-shm']) if (existsSync(file + end)) renameSync(file + end, aside + end);
  try {
    linkSync(file, aside);
  } catch {
    copyFileSync(file, aside); // a file system without links
  }
}

/** Makes renames in a directory outlive a power cut. */
export function syncDirectory(dir: string): void {
  if (process.platform === 'win32') return; // directories cannot be opened there
  const fd = openSync(dir, 'r');
  fsyncSync(fd);
  closeSync(fd);
}
