import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ClientSession, Collection, Document } from 'mongodb';
import { MongoClient, MongoServerError } from 'mongodb';
import { started } from './testing/started.ts';
import type { Started } from './testing/started.ts';

interface Account {
  _id: string;
  n: number;
  mail?: string;
}

let at: Started;
let accounts: Collection<Account>;

beforeAll(async () => {
  at = await started({ transactionLifetimeMs: 1500 });
  accounts = at.db.collection('accounts');
});
afterAll(() => at.stop());
beforeEach(async () => {
  await accounts.deleteMany({});
  await accounts.createIndex({ mail: 1 }, { unique: true, sparse: true });
  await accounts.createIndex({ n: 1 });
  await accounts.insertMany([
    { _id: 'a', n: 1 },
    { _id: 'b', n: 2 },
    { _id: 'c', n: 3 },
  ]);
});

async function inTransaction<T>(work: (session: ClientSession) => Promise<T>): Promise<T> {
  const session = at.client.startSession();
  session.startTransaction();
  try {
    return await work(session);
  } finally {
    if (session.inTransaction()) await session.abortTransaction();
    await session.endSession();
  }
}

const labelled = (error: unknown): string[] =>
  error instanceof MongoServerError ? [String(error.code), ...error.errorLabels] : [String(error)];

describe('a transaction', () => {
  test('sees its own writes, which others see only after the commit', async () => {
    await inTransaction(async (session) => {
      await accounts.insertOne({ _id: 'd', n: 9 }, { session });
      await accounts.updateOne({ _id: 'a' }, { $inc: { n: 10 } }, { session });
      await accounts.deleteOne({ _id: 'b' }, { session });
      expect(
        await accounts
          .find({}, { session })
          .sort({ n: 1 })
          .map((doc) => doc._id)
          .toArray(),
      ).toEqual(['c', 'd', 'a']);
      expect(
        await accounts
          .find({ n: { $gte: 9 } }, { session })
          .sort({ n: -1 })
          .map((doc) => doc.n)
          .toArray(),
      ).toEqual([11, 9]);
      expect(await accounts.countDocuments({}, { session })).toBe(3);
      expect(await accounts.distinct('_id', {}, { session })).toEqual(expect.arrayContaining(['a', 'c', 'd']));
      expect(
        await accounts
          .find()
          .sort({ n: 1 })
          .map((doc) => doc._id)
          .toArray(),
      ).toEqual(['a', 'b', 'c']);
      await session.commitTransaction();
    });
    expect(
      await accounts
        .find()
        .sort({ n: 1 })
        .map((doc) => doc._id)
        .toArray(),
    ).toEqual(['c', 'd', 'a']);
  });

  test('leaves nothing behind when it is aborted', async () => {
    await inTransaction(async (session) => {
      await accounts.insertOne({ _id: 'd', n: 9, mail: 'x' }, { session });
      await accounts.updateMany({}, { $inc: { n: 100 } }, { session });
      await session.abortTransaction();
    });
    expect(
      await accounts
        .find()
        .sort({ _id: 1 })
        .map((doc) => doc.n)
        .toArray(),
    ).toEqual([1, 2, 3]);
    await accounts.insertOne({ _id: 'e', n: 1, mail: 'x' });
  });

  test('reads the state of its beginning', async () => {
    await inTransaction(async (session) => {
      expect(await accounts.countDocuments({}, { session })).toBe(3);
      await accounts.insertOne({ _id: 'later', n: 4 });
      await accounts.updateOne({ _id: 'c' }, { $set: { n: 50 } });
      expect(
        await accounts
          .find({}, { session })
          .sort({ n: 1 })
          .map((doc) => doc.n)
          .toArray(),
      ).toEqual([1, 2, 3]);
      expect(await accounts.findOne({ _id: 'later' }, { session })).toBeNull();
    });
  });

  test('conflicts with another that holds the document, and may be run again', async () => {
    await inTransaction(async (first) => {
      await accounts.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session: first });
      await inTransaction(async (second) => {
        const error = await accounts.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session: second }).catch((e: unknown) => e);
        expect(labelled(error)).toEqual(['112', 'TransientTransactionError']);
      });
      await first.commitTransaction();
    });
    expect((await accounts.findOne({ _id: 'a' }))?.n).toBe(2);
  });

  test('conflicts with a write that came after its beginning', async () => {
    await inTransaction(async (session) => {
      await accounts.findOne({ _id: 'a' }, { session });
      await accounts.updateOne({ _id: 'a' }, { $inc: { n: 1 } });
      const error = await accounts.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session }).catch((e: unknown) => e);
      expect(labelled(error)).toEqual(['112', 'TransientTransactionError']);
      const gone = await accounts.findOne({ _id: 'a' }, { session }).catch((e: unknown) => e);
      expect(labelled(gone)).toEqual(['251', 'TransientTransactionError']);
    });
  });

  test('conflicts with a removal and with an insertion of its key that came after its beginning', async () => {
    for (const change of [() => accounts.deleteOne({ _id: 'a' }), () => accounts.insertOne({ _id: 'late', n: 1 })]) {
      await inTransaction(async (session) => {
        await accounts.findOne({ _id: 'b' }, { session });
        await change();
        const write = async (): Promise<void> => {
          await accounts.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session });
          await accounts.insertOne({ _id: 'late', n: 2 }, { session });
        };
        expect(labelled(await write().catch((e: unknown) => e))).toEqual(['112', 'TransientTransactionError']);
      });
    }
  });

  test('finds by a scan what an index made after its beginning would hide from it', async () => {
    await inTransaction(async (session) => {
      expect(await accounts.countDocuments({ 'not.indexed': null }, { session })).toBe(3);
      await accounts.createIndex({ 'not.indexed': 1 });
      expect(await accounts.countDocuments({ 'not.indexed': null }, { session })).toBe(3);
      await accounts.updateOne({ _id: 'a' }, { $set: { not: { indexed: 1 } } }, { session });
      await session.commitTransaction();
    });
    expect(await accounts.find({ 'not.indexed': 1 }).hint({ 'not.indexed': 1 }).toArray()).toHaveLength(1);
    await accounts.dropIndex({ 'not.indexed': 1 } as unknown as string);
  });

  test('makes a write outside wait until it has ended', async () => {
    await inTransaction(async (session) => {
      await accounts.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session });
      let done = false;
      const outside = accounts.updateOne({ _id: 'a' }, { $inc: { n: 10 } }).then(() => (done = true));
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(done).toBe(false);
      await session.commitTransaction();
      await outside;
    });
    expect((await accounts.findOne({ _id: 'a' }))?.n).toBe(12);
  });

  test('a waiting write gives up when its time is over', async () => {
    await inTransaction(async (session) => {
      await accounts.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session });
      const error = await at.db
        .command({ update: 'accounts', updates: [{ q: { _id: 'a' }, u: { $inc: { n: 1 } } }], maxTimeMS: 50 })
        .catch((e: unknown) => e);
      expect(labelled(error)[0]).toBe('50');
    });
  });

  test('holds its unique keys: another transaction conflicts, a write outside waits, its own double is a duplicate', async () => {
    await inTransaction(async (session) => {
      await accounts.insertOne({ _id: 'x', n: 1, mail: 'same' }, { session });
      await inTransaction(async (second) => {
        const error = await accounts.insertOne({ _id: 'y', n: 1, mail: 'same' }, { session: second }).catch((e: unknown) => e);
        expect(labelled(error)).toEqual(['112', 'TransientTransactionError']);
      });
      const outside = accounts.insertOne({ _id: 'z', n: 1, mail: 'same' }).catch((e: unknown) => e);
      await session.commitTransaction();
      expect(labelled(await outside)[0]).toBe('11000');
    });
    await inTransaction(async (session) => {
      const error = await accounts.insertOne({ _id: 'w', n: 1, mail: 'same' }, { session }).catch((e: unknown) => e);
      expect(labelled(error)[0]).toBe('11000');
    });
  });

  test('finds a double of a document that it has itself changed, and refuses at once what an index cannot take', async () => {
    await inTransaction(async (session) => {
      await accounts.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session });
      const double = await accounts.insertOne({ _id: 'a', n: 1 }, { session }).catch((e: unknown) => e);
      expect(labelled(double)[0]).toBe('11000');
    });
    await at.db.collection('parallel').createIndex({ x: 1, y: 1 });
    await inTransaction(async (session) => {
      const parallel = at.db.collection('parallel').insertOne({ x: [1, 2], y: [1, 2] }, { session });
      expect(labelled(await parallel.catch((e: unknown) => e))[0]).toBe('171');
    });
  });

  test('may move a unique key from one document to another', async () => {
    await accounts.updateOne({ _id: 'a' }, { $set: { mail: 'k' } });
    await inTransaction(async (session) => {
      await accounts.updateOne({ _id: 'a' }, { $unset: { mail: 1 } }, { session });
      await accounts.updateOne({ _id: 'b' }, { $set: { mail: 'k' } }, { session });
      await session.commitTransaction();
    });
    expect((await accounts.findOne({ mail: 'k' }))?._id).toBe('b');
  });

  test('that nobody ends is aborted after its lifetime', async () => {
    await inTransaction(async (session) => {
      await accounts.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session });
      await accounts.updateOne({ _id: 'a' }, { $inc: { n: 10 } });
      const error = await session.commitTransaction().catch((e: unknown) => e);
      expect(labelled(error)).toContain('251');
    });
    expect((await accounts.findOne({ _id: 'a' }))?.n).toBe(11);
  });

  test('answers a repeated commit as the first one', async () => {
    const client = await MongoClient.connect(at.embedded.uri); // its session has no earlier numbers
    const session = client.startSession();
    const run = (command: Document, db = 'admin') => client.db(db).command({ ...command, autocommit: false, txnNumber: 0n }, { session });
    await run({ insert: 'accounts', documents: [{ _id: 'once', n: 1 }], startTransaction: true }, 'test');
    expect((await run({ commitTransaction: 1 }))['ok']).toBe(1);
    expect((await run({ commitTransaction: 1 }))['ok']).toBe(1);
    await session.endSession();
    await client.close();
  });

  test('does not take what MongoDB does not take in one', async () => {
    await inTransaction(async (session) => {
      const error = await at.db
        .command({ createIndexes: 'accounts', indexes: [{ key: { q: 1 }, name: 'q_1' }] }, { session })
        .catch((e: unknown) => e);
      expect(labelled(error)[0]).toBe('263');
    });
  });

  test('of 20 at once that move amounts, none is lost', async () => {
    await accounts.updateMany({}, { $set: { n: 100 } });
    const move = (from: string, to: string): Promise<void> =>
      at.client.withSession((session) =>
        session.withTransaction(async () => {
          await accounts.updateOne({ _id: from }, { $inc: { n: -1 } }, { session });
          await accounts.updateOne({ _id: to }, { $inc: { n: 1 } }, { session });
        }),
      );
    await Promise.all(Array.from({ length: 20 }, (_, i) => move('abc'[i % 3] ?? 'a', 'abc'[(i + 1) % 3] ?? 'b')));
    const after = await accounts
      .find()
      .map((doc) => doc.n)
      .toArray();
    expect(after.reduce((a, b) => a + b, 0)).toBe(300);
  });
});
