import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, mongo } from 'mongoose';
import type { Log } from '../log.ts';
import { isDuplicate } from './faults.ts';
import { refuseUnfinished } from './operations/unfinished.ts';

/** A change of what is stored, made once in the life of a database. It may be run again after it was interrupted, and must do no harm then. */
export interface Migration {
  /** 1, 2, 3 …, without gaps. */
  readonly version: number;
  /** As `dossiers: priority of closed ones`. */
  readonly name: string;
  run(connection: Connection): Promise<void>;
}

interface MigrateDeps {
  readonly connection: Connection;
  readonly migrations: readonly Migration[];
  readonly now: () => Date;
  readonly log: Log;
  /** How long a process that migrates may be silent until another takes over. */
  readonly leaseMs?: number;
}

interface LockRow {
  _id: 'lock';
  owner: string;
  beat: number;
}
interface DoneRow {
  _id: number;
  name: string;
  at: Date;
}

const COLLECTION = 'migrations';
const LEASE_MS = 15_000;
const LOOK_MS = 200;
const MAJORITY = { w: 'majority', j: true } as const;

/**
 * Brings the stored data to this version of Vigie, before anything is served. Of processes that start at once one does it, the others wait.
 *
 * @throws Error when a migration fails (naming it and what to do), when a newer Vigie has already changed the data, or when a restore is unfinished
 */
export async function migrate(deps: MigrateDeps): Promise<void> {
  const { connection, migrations } = deps;
  const { db } = connection;
  if (!db) throw new Error('migrations were started before the database was connected');
  refuseUnfinished((await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name));
  const newest = migrations.at(-1)?.version ?? 0;
  if ((await versionOf(db, newest)) === newest) return;
  const lock = await takeLock(db, deps);
  try {
    for (const migration of migrations.slice(await versionOf(db, newest))) {
      await runOne(deps, db, migration, lock);
    }
  } finally {
    await lock.release();
  }
}

/** How far the data is. */
async function versionOf(db: mongo.Db, newest: number): Promise<number> {
  const last = await db
    .collection<DoneRow>(COLLECTION)
    .find({ _id: { $gte: 0 } })
    .sort({ _id: -1 })
    .limit(1)
    .next();
  const version = last?._id ?? 0;
  if (version > newest)
    throw new Error(
      `The data was changed by a newer Vigie (version ${version} of the schema, this one knows ${newest}). Start that Vigie again, or restore a backup from before the update.`,
    );
  return version;
}

async function runOne({ connection, now, log }: MigrateDeps, db: mongo.Db, migration: Migration, lock: Lock): Promise<void> {
  const { version, name } = migration;
  log.info({ version, migration: name }, 'a migration runs');
  try {
    await migration.run(connection);
    await lock.stillOurs();
    await db.collection<DoneRow>(COLLECTION).insertOne({ _id: version, name, at: now() }, { writeConcern: MAJORITY });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Migration ${version} (${name}) failed: ${detail}. Nothing after it was run, and Vigie does not start on data that is half changed. ` +
        'Start it again once the cause is mended, or restore the backup from before the update (npx vigie database restore FILE) and start the Vigie you had.',
      { cause: error },
    );
  }
}

interface Lock {
  /** @throws Error when another process took over, because this one was silent for too long */
  stillOurs(): Promise<void>;
  release(): Promise<void>;
}

/**
 * A lease in the database. Whether its holder lives is judged by what it does (its beat rises) and not by any clock: those of two machines differ.
 */
async function takeLock(db: mongo.Db, { log, leaseMs = LEASE_MS }: MigrateDeps): Promise<Lock> {
  const locks = db.collection<LockRow>(COLLECTION);
  const owner = randomUUID();
  let seen: { row: LockRow; since: number } | undefined;
  while (!(await taken(locks, owner, seen?.row, seen ? performance.now() - seen.since > leaseMs : false))) {
    const row = await locks.findOne({ _id: 'lock' });
    if (!seen) log.info('another process migrates the data; this one waits');
    if (!row) seen = undefined;
    else if (seen?.row.owner !== row.owner || seen.row.beat !== row.beat) seen = { row, since: performance.now() };
    await sleep(LOOK_MS);
  }
  const beating = setInterval(
    () => void locks.updateOne({ _id: 'lock', owner }, { $inc: { beat: 1 } }).catch(() => undefined),
    leaseMs / 5,
  );
  return {
    stillOurs: async () => {
      const { matchedCount } = await locks.updateOne({ _id: 'lock', owner }, { $inc: { beat: 1 } });
      if (matchedCount === 0) throw new Error('another process took over, because this one did not answer for too long');
    },
    release: async () => {
      clearInterval(beating);
      await locks.deleteOne({ _id: 'lock', owner });
    },
  };
}

/** Takes the lock when there is none, or that of a holder who is silent. */
async function taken(locks: mongo.Collection<LockRow>, owner: string, row: LockRow | undefined, silent: boolean): Promise<boolean> {
  if (row && silent) {
    const { matchedCount } = await locks.updateOne({ _id: 'lock', owner: row.owner, beat: row.beat }, { $set: { owner, beat: 0 } });
    return matchedCount === 1;
  }
  try {
    await locks.insertOne({ _id: 'lock', owner, beat: 0 }, { writeConcern: MAJORITY });
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}
