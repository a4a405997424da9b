import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { unwritable } from './location.ts';
import { sqliteCode } from './store.ts';

const format = 1;
/** Up to this size the whole file is checked at every start; a larger one would make it wait. */
const wholeCheckBytes = 32 * 1024 * 1024;
/** Codes of SQLite: no permission, read-only, no access, full, cannot be opened. The log needs a file beside the database even to read. */
const aboutPlace: ReadonlySet<number | undefined> = new Set([3, 8, 13, 14]);

/**
 * Looks whether the file is a sound database of this engine. A file that is not there yet is.
 *
 * @throws Error naming the file, what is wrong with it and what to do
 */
export function checkFile(file: string): void {
  if (!existsSync(file) || statSync(file).size === 0) return;
  try {
    checkContent(file);
  } catch (error) {
    if (aboutPlace.has(sqliteCode(error))) throw unwritable(file, error); // whoever is told that his sound file is damaged restores an old one over it
    const detail = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The database file ${file} cannot be used: ${detail}. Nothing was changed in it. ` +
        'Restore the latest backup (npx vigie database restore FILE), or move this file and those beside it with the same name away to start with an empty database.',
      { cause: error },
    );
  }
}

/** Opening alone finds a file that is cut off or no database: SQLite holds its length against the number of pages in its header. */
function checkContent(file: string): void {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    const tables = statSync(file).size <= wholeCheckBytes ? [''] : ["('meta')", "('colls')", "('indexes')", "('retries')"];
    for (const table of tables) {
      const answer = db.prepare(`PRAGMA quick_check${table}`).get()?.['quick_check'];
      if (answer !== 'ok') throw new Error(String(answer));
    }
    const isNew = db.prepare("SELECT name FROM sqlite_schema WHERE name = 'meta'").get() === undefined;
    const found = isNew ? format : db.prepare("SELECT value FROM meta WHERE name = 'format'").get()?.['value'];
    if (found !== format) throw new Error(`its format is ${String(found)}, this version reads ${format}`);
  } finally {
    db.close();
  }
}
