import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';

/** A document where it is stored. */
export interface Stored {
  readonly rid: number;
  readonly bytes: Uint8Array;
}

/** Keys from `lo` up to but not including `hi`. */
export interface Range {
  readonly lo: Uint8Array;
  readonly hi: Uint8Array;
}

/** Reads of one connection. Every call runs its statement to the end, so that no read stays open across turns. */
export type Reader = ReturnType<typeof readerOf>;

/** The one connection that writes. Every write joins the open batch or opens one; nobody is answered before `commit` has put it on disk. */
export type Store = ReturnType<typeof openStore>;

/** Collections share one table: the high part of a record's number says which collection it belongs to, the low 36 bits count its insertions. */
export const ridSpan = 2 ** 36;

const schema = `
  CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS colls(id INTEGER PRIMARY KEY AUTOINCREMENT, ns TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS indexes(id INTEGER PRIMARY KEY AUTOINCREMENT, coll INTEGER NOT NULL, multikey INTEGER NOT NULL, spec BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS docs(rid INTEGER PRIMARY KEY, bson BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS idx(ix INTEGER, key BLOB, rid INTEGER, PRIMARY KEY(ix, key, rid)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS retries(lsid TEXT PRIMARY KEY, txn INTEGER NOT NULL, at INTEGER NOT NULL, reply BLOB NOT NULL) WITHOUT ROWID;
  INSERT OR IGNORE INTO meta VALUES ('format', 1);
`;

/** Opens the file for writing and makes it if need be. `maxBytes` bounds its growth (a full disk, for tests). */
export function openStore(path: string, maxBytes?: number) {
  const db = new DatabaseSync(path, { timeout: 5000 });
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8192; PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY;',
  );
  if (maxBytes !== undefined) db.exec(`PRAGMA max_page_count = ${Math.ceil(maxBytes / 4096)}`);
  db.exec(schema);
  const statement = statements(db);
  const begin = (): unknown => db.isTransaction || statement('BEGIN IMMEDIATE').run();
  const run = (sql: string, ...values: SQLInputValue[]): number => {
    begin();
    return Number(statement(sql).run(...values).lastInsertRowid);
  };
  return {
    ...readerOf(db),
    /** Runs a writing statement; returns the number of the row it inserted. */
    run,
    insertDoc: (rid: number, bytes: Uint8Array) => run('INSERT INTO docs VALUES (?, ?)', rid, bytes),
    updateDoc: (rid: number, bytes: Uint8Array) => run('UPDATE docs SET bson = ? WHERE rid = ?', bytes, rid),
    deleteDoc: (rid: number) => run('DELETE FROM docs WHERE rid = ?', rid),
    addKey: (index: number, key: Uint8Array, rid: number) => run('INSERT INTO idx VALUES (?, ?, ?)', index, key, rid),
    dropKey: (index: number, key: Uint8Array, rid: number) => run('DELETE FROM idx WHERE ix = ? AND key = ? AND rid = ?', index, key, rid),
    batchOpen: () => db.isTransaction,
    commit: (): unknown => db.isTransaction && statement('COMMIT').run(),
    rollback: (): unknown => db.isTransaction && db.exec('ROLLBACK'), // a full disk may have rolled back by itself
    /** Marks the place in the batch that `undo` goes back to. */
    mark: () => {
      begin();
      db.exec('SAVEPOINT mark');
    },
    undo: () => db.exec('ROLLBACK TO mark'),
  };
}

/** A second connection that only reads: a transaction keeps one for its snapshot. */
export function openReader(path: string): Reader {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  db.exec('PRAGMA cache_size = -4096');
  return readerOf(db);
}

function readerOf(db: DatabaseSync) {
  const statement = statements(db);
  const lists = statements(db, true);
  const rows = (sql: string, ...values: SQLInputValue[]): Columns[] => lists(sql).all(...values) as unknown as Columns[]; // its types know only objects
  return {
    doc: (rid: number): Uint8Array | undefined => rows('SELECT rid, bson FROM docs WHERE rid = ?', rid).map(stored)[0]?.bytes,
    /** Documents with lo < rid < hi, in order of insertion. */
    docs: (lo: number, hi: number, limit: number): Stored[] =>
      rows('SELECT rid, bson FROM docs WHERE rid > ? AND rid < ? ORDER BY rid LIMIT ?', lo, hi, limit).map(stored),
    /** The document under exactly this key. */
    point: (index: number, key: Uint8Array): Stored | undefined =>
      rows(`SELECT i.rid, d.bson ${joined} i.key = ?`, index, key).map(stored)[0],
    /** Who holds a key (two at most: enough to know whether anybody else does). */
    holders: (index: number, key: Uint8Array): number[] =>
      rows('SELECT rid FROM idx WHERE ix = ? AND key = ? LIMIT 2', index, key).map(([rid]) => Number(rid)),
    /** Entries after (before, when backward) the position (key, rid), within the range. */
    entries: (
      index: number,
      range: Range,
      from: { readonly key: Uint8Array; readonly rid: number } | undefined,
      backward: boolean,
      limit: number,
    ): (Stored & { readonly key: Uint8Array })[] => {
      const { key, rid } = from ?? { key: backward ? range.hi : range.lo, rid: -1 };
      const found = backward ? rows(descending, index, key, rid, range.lo, limit) : rows(ascending, index, key, rid, range.hi, limit);
      return found.map((row) => ({ ...stored(row), key: bytesOf(row[2]) }));
    },
    count: (index: number): number => Number(rows('SELECT count(*) FROM idx WHERE ix = ?', index)[0]?.[0]),
    all: (sql: string, ...values: SQLInputValue[]): Record<string, SQLOutputValue>[] => statement(sql).all(...values),
    exec: (sql: string): void => db.exec(sql),
    close: (): void => db.close(),
  };
}

const joined = 'FROM idx i CROSS JOIN docs d ON d.rid = i.rid WHERE i.ix = ? AND';
const ascending = `SELECT i.rid, d.bson, i.key ${joined} (i.key, i.rid) > (?, ?) AND i.key < ? ORDER BY i.key, i.rid LIMIT ?`;
const descending = `SELECT i.rid, d.bson, i.key ${joined} (i.key, i.rid) < (?, ?) AND i.key >= ? ORDER BY i.key DESC, i.rid DESC LIMIT ?`;

/** Each statement is prepared once. Rows as lists of their columns: a scan takes a third less time than with an object for each. */
function statements(db: DatabaseSync, asLists = false): (sql: string) => StatementSync {
  const known = new Map<string, StatementSync>();
  return (sql) => {
    let statement = known.get(sql);
    if (statement !== undefined) return statement;
    statement = db.prepare(sql);
    statement.setReturnArrays(asLists);
    known.set(sql, statement);
    return statement;
  };
}

type Columns = readonly SQLOutputValue[];

const stored = ([rid, bson]: Columns): Stored => ({ rid: Number(rid), bytes: bytesOf(bson) });

/** A column that holds bytes. */
export function bytesOf(value: SQLOutputValue | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new Error('a column of bytes holds something else');
}

export const detailOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** SQLite's own number of what went wrong (its lowest byte: the others only refine it); undefined when it was not SQLite. */
export function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
}
