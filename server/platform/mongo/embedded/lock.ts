import { accessSync, constants } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { sqliteCode } from './store.ts';

const busy = 5;

/**
 * Takes the exclusive right to open the database of a directory; undefined when another process (or this one) has it.
 *
 * A lock of the operating system on a file of its own, taken through SQLite: it ends with the process that holds it, however that ends, so that
 * there are no stale locks to clear.
 */
export function takeLock(file: string): (() => void) | undefined {
  const db = new DatabaseSync(file);
  try {
    accessSync(file, constants.W_OK); // SQLite would open it for reading only, and exclude nobody
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (sqliteCode(error) === busy) return undefined;
    throw error;
  }
  return () => (db.isOpen ? db.close() : undefined);
}
