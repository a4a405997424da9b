import { setTimeout as sleep } from 'node:timers/promises';
import mongoose, { type Connection } from 'mongoose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { started, type Started } from './embedded/testing/started.ts';
import { migrate, type Migration } from './migrations.ts';
import { UNFINISHED } from './operations/unfinished.ts';

let at: Started;
let connections: Connection[];

beforeEach(async () => {
  at = await started();
  // Two connections stand for two processes: they share nothing but the database.
  connections = await Promise.all([1, 2].map(() => mongoose.createConnection(at.embedded.uri).asPromise()));
});
afterEach(async () => {
  for (const connection of connections) await connection.close();
  await at.stop();
});

const log = createLog('silent');
const now = () => new Date();
const db = () => at.client.db('vigie');

/** Starts as a process does that has these migrations. */
function startOf(migrations: readonly Migration[], process_ = 0, leaseMs = 1000): Promise<void> {
  const connection = connections[process_];
  if (!connection) throw new Error('there are two');
  return migrate({ connection, migrations, now, log, leaseMs });
}

/** A migration that notes each of its runs. */
const noting = (version: number, ms = 0): Migration => ({
  version,
  name: `number ${version}`,
  run: async (connection) => {
    await connection.db?.collection<{ v: number }>('ran').insertOne({ v: version });
    await sleep(ms);
  },
});
const ran = async (): Promise<number[]> => (await db().collection('ran').find().sort({ _id: 1 }).toArray()).map((row) => Number(row.v));

test('each runs once and in order, of two processes that start at once, and not again at the next start', async () => {
  const all = [noting(1, 300), noting(2, 300)];
  await Promise.all([startOf(all, 0), startOf(all, 1)]);
  await startOf(all, 1);
  expect(await ran()).toEqual([1, 2]);
  await startOf([...all, noting(3)]);
  expect(await ran()).toEqual([1, 2, 3]);
  expect(
    await db()
      .collection('migrations')
      .find({}, { projection: { name: 1 } })
      .toArray(),
  ).toEqual([
    { _id: 1, name: 'number 1' },
    { _id: 2, name: 'number 2' },
    { _id: 3, name: 'number 3' },
  ]);
});

test('one that fails stops the start, is named with what to do, and runs again at the next start', async () => {
  const failing: Migration = { version: 2, name: 'the hard one', run: () => Promise.reject(new Error('no room')) };
  await expect(startOf([noting(1), failing, noting(3)])).rejects.toThrow(/Migration 2 \(the hard one\) failed: no room.*restore/s);
  expect(await ran()).toEqual([1]);
  await startOf([noting(1), noting(2), noting(3)], 1);
  expect(await ran()).toEqual([1, 2, 3]);
});

test('data of a newer Vigie is refused, untouched', async () => {
  await startOf([noting(1), noting(2)]);
  await expect(startOf([noting(1)], 1)).rejects.toThrow(/newer Vigie \(version 2 .* knows 1\)/);
  expect(await ran()).toEqual([1, 2]);
});

test('a long one keeps the lock; the lock of a process that died is taken over', async () => {
  const slow = noting(1, 2500);
  await Promise.all([startOf([slow], 0), startOf([slow], 1)]); // longer than the lease
  expect(await ran()).toEqual([1]);
  await db().collection<{ _id: string; owner: string; beat: number }>('migrations').insertOne({ _id: 'lock', owner: 'dead', beat: 7 });
  await startOf([slow, noting(2)], 1);
  expect(await ran()).toEqual([1, 2]);
  expect(await db().collection<{ _id: string }>('migrations').countDocuments({ _id: 'lock' })).toBe(0);
});

test('a database whose restore was interrupted is not started on', async () => {
  await db().collection(UNFINISHED).insertOne({});
  await expect(startOf([noting(1)])).rejects.toThrow(/restore .* interrupted/);
});
