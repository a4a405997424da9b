// Runs mixed writes against the engine of a directory until it is killed; says on standard output what was acknowledged.
import { writeSync } from 'node:fs';
import { MongoClient } from 'mongodb';
import type { Db } from 'mongodb';
import { startEmbedded } from '../index.ts';

interface Doc {
  _id: string;
  n: number;
  key?: string;
}

const [dir = '', round = '0'] = process.argv.slice(2);
const acknowledged = (...words: readonly (string | number)[]): void => void writeSync(1, `${words.join(' ')}\n`); // leaves the process before anything else happens

const embedded = await startEmbedded(dir);
const client = await MongoClient.connect(embedded.uri);
const db = client.db('crash');
await db.collection('unique').createIndex({ key: 1 }, { unique: true });
await db
  .collection<Doc>('accounts')
  .bulkWrite(['a', 'b', 'c', 'd'].map((_id) => ({ updateOne: { filter: { _id }, update: { $setOnInsert: { n: 1000 } }, upsert: true } })));
acknowledged('ready');

await Promise.all([
  ...Array.from({ length: 8 }, (_, w) => inserts(db, w)),
  ...Array.from({ length: 4 }, (_, w) => increments(db, w)),
  ...Array.from({ length: 4 }, (_, w) => transfers(db, w)),
  ...Array.from({ length: 4 }, (_, w) => uniqueKeys(db, w)),
  removals(db),
  indexChanges(db),
]);

async function inserts(db: Db, worker: number): Promise<never> {
  for (let i = 0; ; i++) {
    const _id = `${round}-${worker}-${i}`;
    await db.collection<Doc>('inserts').insertOne({ _id, n: i });
    acknowledged('insert', _id);
  }
}

async function increments(db: Db, worker: number): Promise<never> {
  for (;;) {
    await db.collection<Doc>('counters').updateOne({ _id: `c${worker}` }, { $inc: { n: 1 } }, { upsert: true });
    acknowledged('inc', `c${worker}`);
  }
}

async function transfers(db: Db, worker: number): Promise<never> {
  const accounts = db.collection<Doc>('accounts');
  for (let i = worker; ; i++) {
    const from = 'abcd'[i % 4] ?? 'a';
    const to = 'abcd'[(i * 3 + 1) % 4] ?? 'b';
    await client.withSession((session) =>
      session.withTransaction(async () => {
        await accounts.updateOne({ _id: from }, { $inc: { n: -1 } }, { session });
        await accounts.updateOne({ _id: to }, { $inc: { n: 1 } }, { session });
        await db.collection<Doc>('moves').insertOne({ _id: `${round}-${worker}-${i}`, n: 1 }, { session });
      }),
    );
    acknowledged('move', `${round}-${worker}-${i}`);
  }
}

async function uniqueKeys(db: Db, worker: number): Promise<never> {
  for (let i = 0; ; i++) {
    const key = `${round}:${Math.floor(i / 2)}`; // all workers want the same keys
    const _id = `${round}-${worker}-${i}`;
    const done = await db
      .collection<Doc>('unique')
      .insertOne({ _id, n: i, key })
      .then(
        () => true,
        () => false,
      );
    if (done) acknowledged('unique', _id, key);
  }
}

async function removals(db: Db): Promise<never> {
  for (let i = 0; ; i++) {
    const _id = `${round}-${i}`;
    await db.collection<Doc>('removed').insertOne({ _id, n: i });
    await db.collection<Doc>('removed').deleteOne({ _id });
    acknowledged('remove', _id);
  }
}

async function indexChanges(db: Db): Promise<never> {
  for (;;) {
    await db.collection('inserts').createIndex({ n: 1 }, { name: 'changing' });
    acknowledged('index', 'changing');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await db.collection('inserts').dropIndex('changing');
    acknowledged('index', 'dropped');
  }
}
