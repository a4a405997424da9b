import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { serialize } from 'bson';
import { MongoClient } from 'mongodb';
import { startEmbedded } from '#server/platform/mongo/embedded/index.ts';

/** A record of about 1 KB, as the application has them. */
export interface Row {
  _id: number;
  key: string;
  group: number;
  n: number;
  pad: string;
}

/** The operations that are measured, done by one of the contestants. */
export interface Contestant {
  readonly name: string;
  fill(rows: readonly Row[]): Promise<void>;
  findById(id: number): Promise<unknown>;
  findByKey(key: string): Promise<unknown>;
  insert(row: Row): Promise<unknown>;
  update(id: number): Promise<unknown>;
  stop(): Promise<void>;
}

const PAD = 'x'.repeat(900);
export const rowOf = (n: number): Row => ({ _id: n, key: `key-${n}`, group: n % 50, n, pad: PAD });

/** The official driver on the embedded engine, or on MongoDB when there is a URI. */
export async function throughDriver(uri?: string): Promise<Contestant & { client: MongoClient; dir: string }> {
  const dir = mkdtempSync(path.join(tmpdir(), 'vigie-bench-db-'));
  const engine = uri === undefined ? await startEmbedded(dir) : undefined;
  const client = await MongoClient.connect(engine?.uri ?? uri ?? '', { maxPoolSize: 40, writeConcern: { w: 'majority', journal: true } });
  const db = client.db(uri === undefined ? 'vigie' : `vigie-bench-${process.pid}`);
  const rows = db.collection<Row>('rows');
  await rows.createIndex({ key: 1 }, { unique: true });
  return {
    name: uri === undefined ? 'embedded' : 'MongoDB',
    client,
    dir,
    fill: async (some) => void (await rows.insertMany([...some])),
    findById: (id) => rows.findOne({ _id: id }),
    findByKey: (key) => rows.findOne({ key }),
    insert: (row) => rows.insertOne(row),
    update: (id) => rows.updateOne({ _id: id }, { $inc: { n: 1 } }),
    stop: async () => {
      if (uri !== undefined) await db.dropDatabase();
      await client.close();
      await engine?.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/**
 * The floor: SQLite does the same work directly, with the same durability (WAL, synchronous=FULL). With `group`, the writes of a turn share one
 * COMMIT, as the engine's do; without it, each has its own.
 */
export function directly(group: boolean): Contestant {
  const dir = mkdtempSync(path.join(tmpdir(), 'vigie-bench-floor-'));
  const db = new DatabaseSync(path.join(dir, 'floor.sqlite'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768;');
  db.exec(
    'CREATE TABLE docs(id INTEGER PRIMARY KEY, bson BLOB NOT NULL); CREATE TABLE idx(key TEXT PRIMARY KEY, id INTEGER) WITHOUT ROWID',
  );
  const byId = db.prepare('SELECT bson FROM docs WHERE id = ?');
  const byKey = db.prepare('SELECT d.bson FROM idx i JOIN docs d ON d.id = i.id WHERE i.key = ?');
  const addDoc = db.prepare('INSERT INTO docs VALUES (?, ?)');
  const addKey = db.prepare('INSERT INTO idx VALUES (?, ?)');
  const change = db.prepare('UPDATE docs SET bson = ? WHERE id = ?');
  const add = (row: Row): void => {
    addDoc.run(row._id, serialize(row));
    addKey.run(row.key, row._id);
  };
  const write = group ? groupCommit(db) : singleCommit(db);
  let changes = 0;
  return {
    name: group ? 'floor, one COMMIT a turn' : 'floor',
    fill: (rows) => {
      db.exec('BEGIN');
      for (const row of rows) add(row);
      db.exec('COMMIT');
      return Promise.resolve();
    },
    findById: (id) => Promise.resolve(byId.get(id)),
    findByKey: (key) => Promise.resolve(byKey.get(key)),
    insert: (row) => write(() => add(row)),
    update: (id) => write(() => void change.run(serialize({ ...rowOf(id), n: (changes += 1) }), id)), // what changes nothing, SQLite does not write
    stop: () => {
      db.close();
      rmSync(dir, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

type Write = (work: () => void) => Promise<void>;

function singleCommit(db: DatabaseSync): Write {
  return (work) => {
    db.exec('BEGIN');
    work();
    db.exec('COMMIT');
    return new Promise((resolve) => setImmediate(resolve));
  };
}

function groupCommit(db: DatabaseSync): Write {
  let waiting: (() => void)[] = [];
  const flush = (): void => {
    db.exec('COMMIT');
    const done = waiting;
    waiting = [];
    for (const tell of done) tell();
  };
  return (work) => {
    if (waiting.length === 0) {
      db.exec('BEGIN');
      setImmediate(flush);
    }
    work();
    return new Promise((resolve) => waiting.push(resolve));
  };
}
