import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { keysOf, readCatalog, type Collection, type Index } from './catalog.ts';
import { unwritable } from './location.ts';
import { detailOf, openReader, sqliteCode, type Reader, type Stored } from './store.ts';
import { decode, type Doc } from './values.ts';

const format = 1;
/** Up to this size the whole file is checked at every start; a larger one would make it wait, and is looked through afterwards. */
const wholeCheckBytes = 32 * 1024 * 1024;
const lookEveryMs = 10;
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
    throw new Error(
      `The database file ${file} cannot be used: ${detailOf(error)}. Nothing was changed in it. ` +
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

/**
 * Opens the file beside the engine, to read all of one moment however long that takes. A transaction could not: it ends after 30 seconds.
 * What is written meanwhile waits in the write-ahead log.
 */
export function openSnapshot(file: string, db: string) {
  const reader = openReader(file);
  reader.exec('BEGIN');
  const collections = new Map(readCatalog(reader).flatMap((coll) => (coll.db === db ? [[coll.name, coll]] : [])));
  return {
    collections: Array.from(collections.values(), ({ name, indexes }) => ({
      name,
      /** As listIndexes shows them. */
      indexes: indexes.map((index) => index.spec),
      documents: reader.count(indexes[0]?.id ?? 0),
    })),
    *documents(name: string): Generator<readonly Doc[]> {
      const coll = collections.get(name);
      if (coll !== undefined) for (const rows of chunks(reader, coll)) yield rows.map((row) => decode(row.bytes));
    },
    close: (): void => reader.close(),
  };
}

/**
 * Reads the whole database: pages, documents, and whether each index has exactly the keys of its documents. The state of one moment, also while an
 * engine works on it. Problems are told in words, without values of documents.
 */
export function checkDatabase(file: string) {
  const reader = openReader(file);
  try {
    reader.exec('BEGIN');
    const pages = reader.all('PRAGMA integrity_check(20)').map((row) => String(row['integrity_check']));
    if (pages[0] !== 'ok') return { collections: 0, documents: 0, indexes: 0, problems: pages };
    const collections = readCatalog(reader);
    const problems = collections.flatMap((coll) => coll.indexes.flatMap((index) => checkIndex(reader, coll, index)));
    const documents = collections.reduce((sum, { indexes }) => sum + reader.count(indexes[0]?.id ?? 0), 0);
    return { collections: collections.length, documents, indexes: collections.flatMap(({ indexes }) => indexes).length, problems };
  } finally {
    reader.close();
  }
}

/** Every key of every document must be there, and nothing else: memory stays flat, however many there are. */
function checkIndex(reader: Reader, coll: Collection, index: Index): string[] {
  let there = 0;
  let missing = 0;
  for (const rows of chunks(reader, coll)) {
    for (const { rid, bytes } of rows) {
      for (const { key } of keysOf(index, decode(bytes)).values()) {
        if (reader.all('SELECT 1 FROM idx WHERE ix = ? AND key = ? AND rid = ?', index.id, key, rid).length > 0) there++;
        else missing++;
      }
    }
  }
  const doubles = reader.all('SELECT 1 FROM idx WHERE ix = ? GROUP BY key HAVING count(*) > 1 LIMIT 100', index.id).length;
  const faults: [number, string][] = [
    [missing, 'keys of documents are missing'],
    [reader.count(index.id) - there, 'entries are without their document'],
    [index.unique ? doubles : 0, 'keys are held by two documents'],
  ];
  return faults.filter(([n]) => n > 0).map(([n, what]) => `index ${index.name} of ${coll.ns}: ${n} ${what}`);
}

/** The documents of a collection, some at a time, so that the caller can let others work in between. */
function* chunks(reader: Reader, coll: Collection): Generator<Stored[]> {
  let from = coll.lowRid;
  for (let rows = reader.docs(from, coll.highRid, 64); rows.length > 0; rows = reader.docs(from, coll.highRid, 64)) {
    yield rows;
    from = rows.at(-1)?.rid ?? from;
  }
}

/**
 * Reads all of a large file after the start, a little at a time, so that a damage is told before somebody meets it. On a connection of its own, to leave
 * the pages in memory that are in use.
 *
 * @throws Error naming the file and what to do
 */
export async function lookThrough(file: string, signal: AbortSignal): Promise<void> {
  if (statSync(file).size <= wholeCheckBytes) return;
  const reader = openReader(file);
  const rest = (): Promise<void> => sleep(lookEveryMs, undefined, { signal });
  try {
    for (const coll of readCatalog(reader)) {
      for (const rows of chunks(reader, coll)) {
        for (const { bytes } of rows) decode(bytes, nothing);
        await rest();
      }
    }
    const next = 'SELECT * FROM idx WHERE (ix, key, rid) > (?, ?, ?) ORDER BY ix, key, rid LIMIT 500';
    let rows = reader.all(next, 0, 0, 0);
    for (; rows.length > 0; rows = reader.all(next, ...Object.values(rows.at(-1) ?? {}))) await rest();
  } catch (error) {
    if (signal.aborted) return;
    throw new Error(`the database file ${file} is damaged (${detailOf(error)}): stop the application and restore a backup`, {
      cause: error,
    });
  } finally {
    reader.close();
  }
}

const nothing: ReadonlySet<string> = new Set();
