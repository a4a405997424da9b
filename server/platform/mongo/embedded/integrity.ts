import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { unwritable } from './location.ts';

const magic = 'SQLite format 3\0';
const format = 1;
/** Up to this size the whole file is checked at every start; a larger one would make it wait. */
const wholeCheckBytes = 32 * 1024 * 1024;
/** Codes of SQLite: no permission, read-only, no access, full, cannot be opened. The log needs a file beside the database even to read. */
const aboutPlace: ReadonlySet<number> = new Set([3, 8, 13, 14]);

/**
 * Looks whether the file is a sound database of this engine. A file that is not there yet is.
 *
 * @throws Error naming the file, what is wrong with it and what to do
 */
export function checkFile(file: string): void {
  if (!existsSync(file) || statSync(file).size === 0) return;
  checkHeader(file);
  try {
    checkContent(file);
  } catch (error) {
    if (isAboutPlace(error)) throw unwritable(file, error); // whoever is told that his sound file is damaged restores an old one over it
    throw damaged(file, error instanceof Error ? error.message : String(error));
  }
}

function checkHeader(file: string): void {
  const header = Buffer.alloc(100);
  const fd = openSync(file, 'r');
  const length = readSync(fd, header, 0, 100, 0);
  closeSync(fd);
  if (length < 100 || header.toString('latin1', 0, 16) !== magic) throw damaged(file, 'it does not begin as a database does');
  const field = header.readUInt16BE(16);
  const pageBytes = field === 1 ? 65536 : field;
  const counted = header.readUInt32BE(28) * pageBytes;
  const wal = `${file}-wal`;
  const pending = existsSync(wal) && statSync(wal).size > 0; // pages may still lie there
  if (!pending && statSync(file).size < counted) throw damaged(file, `${counted} bytes are counted, ${statSync(file).size} are there`);
}

function checkContent(file: string): void {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    const whole = statSync(file).size <= wholeCheckBytes;
    const checks = whole
      ? ['PRAGMA quick_check(1)']
      : ['meta', 'colls', 'indexes', 'retries'].map((table) => `PRAGMA quick_check('${table}')`);
    for (const check of checks) {
      const answer = db.prepare(check).get()?.['quick_check'];
      if (answer !== 'ok') throw new Error(String(answer));
    }
    const tables = db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'meta'").get()?.['n'];
    const found = tables === 0 ? format : db.prepare("SELECT value FROM meta WHERE name = 'format'").get()?.['value'];
    if (found !== format) throw new Error(`its format is ${String(found)}, this version reads ${format}`);
  } finally {
    db.close();
  }
}

function isAboutPlace(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && aboutPlace.has(Number(error.errcode) & 0xff);
}

function damaged(file: string, detail: string): Error {
  return new Error(
    `The database file ${file} cannot be used: ${detail}. Nothing was changed in it. ` +
      'Restore the latest backup (npx vigie database restore FILE), or move this file and those beside it with the same name away to start with an empty database.',
  );
}
