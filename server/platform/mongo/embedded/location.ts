import { accessSync, constants, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { detailOf, sqliteCode } from './store.ts';

const longestSocketPath = 107; // what the kernel takes, without the closing zero

/** The files of one embedded database. Makes their directory if need be. @throws Error naming the directory when it cannot be written */
export function locate(dataDir: string): { readonly file: string; readonly lock: string } {
  const dir = resolve(dataDir);
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    return { file: join(dir, 'vigie.sqlite'), lock: join(dir, 'vigie.lock') };
  } catch (error) {
    throw unwritable(dir, error);
  }
}

export function unwritable(place: string, cause: unknown): Error {
  return new Error(
    `${place} cannot be written (${detailOf(cause)}). Make room if the disk is full, give this user the right to write there, or set DATA_DIR to another directory.`,
    { cause },
  );
}

/**
 * The socket of a data directory: within it, or, when its path is too long for a socket, in a private directory that the file `socket-path` names.
 * Only the host makes it; undefined for others as long as it is not there.
 */
export function socketOf(dataDir: string, make: boolean): string | undefined {
  if (process.platform === 'win32')
    return `\\\\.\\pipe\\vigie-${createHash('sha256').update(resolve(dataDir).toLowerCase()).digest('hex').slice(0, 16)}.sock`;
  const near = join(resolve(dataDir), 'socket');
  if (Buffer.byteLength(join(near, 'db.sock')) <= longestSocketPath) {
    if (make) mkdirSync(near, { recursive: true, mode: 0o700 });
    return join(near, 'db.sock');
  }
  const pointer = join(resolve(dataDir), 'socket-path');
  const known = existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : '';
  if (known !== '' && isPrivate(known)) return join(known, 'db.sock');
  if (!make) return undefined;
  const fresh = mkdtempSync(join(tmpdir(), 'vigie-'));
  writeFileSync(pointer, `${fresh}\n`, { mode: 0o600 });
  return join(fresh, 'db.sock');
}

/** Whether the directory is there and nobody else may enter it: in a shared place anybody could have made it. */
function isPrivate(dir: string): boolean {
  const found = lstatSync(dir, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
}

const busy = 5;

/**
 * Takes the exclusive right to open the database of a directory; undefined when another process (or this one) has it.
 *
 * A lock of the operating system on a file of its own, taken through SQLite: it ends with the process that holds it, however that ends, so that
 * there are no stale locks to clear.
 */
export function takeLock(file: string): (() => void) | undefined {
  const db = new DatabaseSync(file, { open: false });
  try {
    db.open();
    accessSync(file, constants.W_OK); // SQLite would open it for reading only, and exclude nobody
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    if (db.isOpen) db.close();
    if (sqliteCode(error) === busy) return undefined;
    throw unwritable(dirname(file), error);
  }
  return () => (db.isOpen ? db.close() : undefined);
}
