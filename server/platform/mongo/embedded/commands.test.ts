import type { Collection, Document } from 'mongodb';
import { MongoClient, MongoServerError } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { commands, statementOptions } from './supported.ts';
import { started } from './testing/started.ts';
import type { Started } from './testing/started.ts';

let at: Started;

beforeAll(async () => {
  at = await started({ sweepEveryMs: 100 });
});
afterAll(() => at.stop());
beforeEach(() => at.db.dropDatabase());

/** Documents of the tests: any fields beside a number as _id. */
interface Doc {
  _id: number;
  [field: string]: unknown;
}
const coll = (name: string): Collection<Doc> => at.db.collection<Doc>(name);

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof MongoServerError ? error.code : error),
  );

const numbers = (n: number): Doc[] => Array.from({ length: n }, (_, i) => ({ _id: i, i, even: i % 2 === 0, text: `t${i}` }));

describe('the closed list', () => {
  test('an unknown command is refused', async () => {
    await expect(at.db.command({ mapReduce: 'c' })).rejects.toMatchObject({
      code: 59,
      message: expect.stringContaining('mapReduce') as string,
    });
  });

  test.each(Object.keys(commands))('an unknown option of %s is refused by name', async (name) => {
    const refused = at.db.command({ [name]: 'c', surprise: 1 });
    await expect(refused).rejects.toMatchObject({ code: 238, message: expect.stringContaining("'surprise'") as string });
  });

  test('an unknown option of a statement or an index is refused by name', async () => {
    const statement = { update: 'c', updates: [{ q: {}, u: { $set: { a: 1 } }, surprise: 1 }] };
    expect(await at.db.command(statement)).toMatchObject({ writeErrors: [{ code: 238 }] });
    expect(await at.db.command({ delete: 'c', deletes: [{ q: {}, limit: 0, surprise: 1 }] })).toMatchObject({
      writeErrors: [{ code: 238 }],
    });
    expect(await codeOf(at.db.command({ createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a', hidden: true }] }))).toBe(238);
    expect(statementOptions.index).not.toContain('hidden');
  });

  test.each([
    [{ find: 'c', collation: { locale: 'fr' } }],
    [{ find: 'c', tailable: true }],
    [{ aggregate: 1, pipeline: [], cursor: {} }],
    [{ create: 'c', capped: true, size: 1 }],
    [{ createIndexes: 'c', indexes: [{ key: { a: 'text' }, name: 'a' }] }],
    [{ insert: 'c', documents: [{}], bypassDocumentValidation: true }],
  ])('%j is refused', async (command) => {
    expect(await codeOf(at.db.command(command))).toBe(238);
  });
});

describe('writing', () => {
  test('an unordered batch goes on after a duplicate, an ordered one stops', async () => {
    const docs = [{ _id: 1 }, { _id: 1 }, { _id: 2 }];
    const ordered = await at.db.command({ insert: 'a', documents: docs });
    expect(ordered).toMatchObject({ n: 1, writeErrors: [{ index: 1, code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 1 } }] });
    expect(await at.db.command({ insert: 'b', documents: docs, ordered: false })).toMatchObject({ n: 2 });
  });

  test('update counts what matched and what changed, and upserts', async () => {
    await coll('c').insertMany(numbers(10));
    expect(await coll('c').updateMany({ i: { $lt: 4 } }, { $set: { even: true } })).toMatchObject({
      matchedCount: 4,
      modifiedCount: 2,
    });
    const upserted = await coll('c').updateOne({ i: 99 }, { $set: { text: 'new' } }, { upsert: true });
    expect(upserted).toMatchObject({ matchedCount: 0, upsertedCount: 1 });
    expect(await coll('c').findOne({ _id: upserted.upsertedId ?? 0 })).toMatchObject({ i: 99, text: 'new' });
  });

  test('a document changed by an update over its own index is changed once', async () => {
    await coll('c').createIndex({ i: 1 });
    await coll('c').insertMany(numbers(500));
    await at.db.collection('c').updateMany({ i: { $gte: 0 } }, { $inc: { i: 1000 } });
    expect(await coll('c').countDocuments({ i: { $gte: 1000, $lt: 1500 } })).toBe(500);
  });

  test('findAndModify gives the document before or after, removes, and upserts', async () => {
    const c = coll('c');
    await c.insertMany(numbers(3));
    expect(await c.findOneAndUpdate({ i: 1 }, { $set: { text: 'x' } })).toMatchObject({ text: 't1' });
    expect(await c.findOneAndUpdate({ i: 1 }, { $set: { text: 'y' } }, { returnDocument: 'after', projection: { text: 1 } })).toEqual({
      _id: 1,
      text: 'y',
    });
    expect(await c.findOneAndDelete({}, { sort: { i: -1 } })).toMatchObject({ i: 2 });
    expect(await c.findOneAndReplace({ i: 7 }, { i: 7, z: 1 }, { upsert: true, returnDocument: 'after' })).toMatchObject({ z: 1 });
    expect(await c.countDocuments()).toBe(3);
  });

  test('removes one or all', async () => {
    await coll('c').insertMany(numbers(10));
    expect((await coll('c').deleteOne({ even: true })).deletedCount).toBe(1);
    expect((await coll('c').deleteMany({ even: true })).deletedCount).toBe(4);
  });

  test('an _id of null is one like others, wherever it stands', async () => {
    await at.db.command({ insert: 'c', documents: [{ a: 1, _id: null }] });
    expect(await at.db.collection('c').findOne({ a: 1 })).toEqual({ _id: null, a: 1 });
    expect(await at.db.command({ insert: 'c', documents: [{ _id: null }] })).toMatchObject({ writeErrors: [{ code: 11000 }] });
  });

  test('a bad filter is refused where there is no collection either', async () => {
    const bad = { a: { $foo: 1 } };
    expect(await codeOf(coll('none').find(bad).toArray())).toBe(2);
    expect(await codeOf(coll('none').updateOne(bad, { $set: { a: 1 } }))).toBe(2);
    expect(await codeOf(coll('none').deleteMany(bad))).toBe(2);
    expect(await codeOf(coll('none').countDocuments(bad))).toBe(2);
  });

  test('an update by a pipeline is refused by name', async () => {
    expect(await codeOf(coll('c').updateOne({}, [{ $set: { a: 1 } }]))).toBe(238);
  });

  test('keeps types and the order of fields', async () => {
    const doc = { _id: 1, b: 1.5, a: [1, { z: null, y: true }], 10: 'ten', date: new Date(5) };
    await coll('c').insertOne(doc);
    const raw = await coll('c').findOne({}, { promoteValues: false });
    expect(Object.keys(raw ?? {})).toEqual(Object.keys(doc));
    expect(await coll('c').findOne({})).toEqual(doc);
  });
});

describe('reading', () => {
  beforeEach(() => coll('c').insertMany(numbers(1000)));

  test('cursors give every document once, in batches of any size', async () => {
    for (const batchSize of [1, 7, 101, 5000]) {
      const found = await at.db
        .collection('c')
        .find({}, { batchSize })
        .map((doc) => Number(doc['i']))
        .toArray();
      expect(found).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    }
    expect(
      await at.db
        .collection('c')
        .find({}, { limit: 5, skip: 3 })
        .map((doc) => Number(doc['i']))
        .toArray(),
    ).toEqual([3, 4, 5, 6, 7]);
  });

  test('a cursor that was closed or never was is not found', async () => {
    const { cursor } = await at.db.command({ find: 'c', batchSize: 2 });
    const id: unknown = (cursor as Document)['id'];
    expect(await at.db.command({ killCursors: 'c', cursors: [id] })).toMatchObject({ cursorsKilled: [id] });
    expect(await codeOf(at.db.command({ getMore: id, collection: 'c' }))).toBe(43);
  });

  test('singleBatch leaves no cursor open', async () => {
    const { cursor } = await at.db.command({ find: 'c', batchSize: 2, singleBatch: true });
    expect(Number((cursor as Document)['id'])).toBe(0);
  });

  test('count and distinct', async () => {
    const c = coll('c');
    expect(await c.countDocuments({ even: true })).toBe(500);
    expect(await c.estimatedDocumentCount()).toBe(1000);
    expect(await at.db.command({ count: 'c', query: { even: true }, skip: 490, limit: 20 })).toMatchObject({ n: 10 });
    expect((await c.distinct('even')).sort()).toEqual([false, true]);
  });

  test('a search that takes too long ends with MaxTimeMSExpired', async () => {
    const slow = {
      find: 'c',
      filter: { $expr: { $gt: [{ $reduce: { input: { $range: [0, 20000] }, initialValue: 0, in: { $add: ['$$value', 1] } } }, -1] } },
    };
    expect(await codeOf(at.db.command({ ...slow, batchSize: 1000, maxTimeMS: 20 }))).toBe(50);
  });

  test('aggregation reads other collections', async () => {
    await coll('other').insertMany([
      { _id: 1, of: 4 },
      { _id: 2, of: 4 },
    ]);
    const pipeline = [
      { $match: { i: 4 } },
      { $lookup: { from: 'other', localField: 'i', foreignField: 'of', as: 'them' } },
      { $project: { n: { $size: '$them' } } },
    ];
    expect(await coll('c').aggregate(pipeline).toArray()).toEqual([{ _id: 4, n: 2 }]);
  });
});

describe('collections and indexes', () => {
  test('are created, listed, changed and dropped', async () => {
    const c = await at.db.createCollection('c');
    expect(await codeOf(at.db.createCollection('c'))).toBe(48);
    await c.createIndex({ a: 1, b: -1 }, { unique: true, partialFilterExpression: { a: { $type: 'string' } } });
    await c.createIndex({ at: 1 }, { expireAfterSeconds: 60 });
    await c.createIndex({ at: 1 }, { expireAfterSeconds: 60 }); // again: nothing happens
    expect(await codeOf(c.createIndex({ at: 1 }, { expireAfterSeconds: 5 }))).toBe(85);
    expect((await c.indexes()).map((index) => index.name)).toEqual(['_id_', 'a_1_b_-1', 'at_1']);
    await c.dropIndex('at_1');
    expect(await codeOf(c.dropIndex('at_1'))).toBe(27);
    expect((await at.db.listCollections().toArray()).map((one) => one.name)).toEqual(['c']);
    await c.drop();
    expect(await at.db.listCollections().toArray()).toEqual([]);
  });

  test('a unique index is not made over duplicates', async () => {
    await at.db.collection('c').insertMany([{ a: 1 }, { a: 1 }]);
    expect(await codeOf(coll('c').createIndex({ a: 1 }, { unique: true }))).toBe(11000);
    expect(await coll('c').indexes()).toHaveLength(1);
  });

  test('sparse and partial unique indexes leave out what they should', async () => {
    await coll('s').createIndex({ a: 1 }, { unique: true, sparse: true });
    await coll('p').createIndex({ a: 1 }, { unique: true, partialFilterExpression: { a: { $type: 'string' } } });
    for (const name of ['s', 'p']) {
      await at.db.collection(name).insertMany([{}, {}, { a: 'x' }]);
      expect(await codeOf(at.db.collection(name).insertOne({ a: 'x' }))).toBe(11000);
      expect(await coll(name).countDocuments({ a: null })).toBe(2);
    }
  });

  test('a TTL index removes what has expired, and nothing else', async () => {
    const c = coll('t');
    await c.createIndex({ at: 1 }, { expireAfterSeconds: 10 });
    await c.insertMany([{ _id: 1, at: new Date(Date.now() - 20_000) }, { _id: 2, at: new Date() }, { _id: 3, at: 'text' }, { _id: 4 }]);
    await expect
      .poll(() =>
        c
          .find()
          .map((doc) => Number(doc['_id']))
          .toArray(),
      )
      .toEqual([2, 3, 4]);
  });
});

describe('sessions and server', () => {
  test('a write sent again with the same number is answered, not done again', async () => {
    const client = await MongoClient.connect(at.embedded.uri); // of its own: the numbers given here are no driver's
    const session = client.startSession();
    const send = (txnNumber: bigint): Promise<Document> =>
      client.db('test').command({ update: 'c', updates: [{ q: { k: 1 }, u: { $inc: { n: 1 } }, upsert: true }], txnNumber }, { session });
    expect((await send(501n))['upserted']).toHaveLength(1);
    expect((await send(501n))['upserted']).toHaveLength(1);
    expect(await coll('c').findOne({ k: 1 })).toMatchObject({ n: 1 });
    expect(await codeOf(send(400n))).toBe(225);
    await session.endSession();
    await client.close();
  });

  test('buildInfo and ping answer', async () => {
    expect(await at.db.admin().buildInfo()).toMatchObject({ version: '7.0.0' });
    expect(await at.db.command({ ping: 1 })).toMatchObject({ ok: 1 });
    expect(await at.db.command({ killAllSessions: [] })).toMatchObject({ ok: 1 });
  });

  test('a document beyond 16 MB is refused', async () => {
    await coll('c').insertOne({ _id: 1, a: 'x'.repeat(9_000_000) });
    expect(await codeOf(coll('c').updateOne({ _id: 1 }, { $set: { b: 'x'.repeat(9_000_000) } }))).toBe(10334);
  });

  test('names that every object of JavaScript has are unknown names like others', async () => {
    const unusual: object = { constructor: { a: 1 } };
    const codes = await Promise.all(
      [
        coll('c')
          .aggregate([{ constructor: 1 }])
          .toArray(),
        coll('c')
          .aggregate([{ $group: { _id: null, n: { constructor: 1 } } }])
          .toArray(),
        coll('c')
          .find({ a: { $gt: 1, constructor: 2 } })
          .toArray(),
        coll('c').updateOne({ _id: 1 }, { $set: { a: 1 }, ...unusual }),
        at.db.command({ explain: { constructor: 'c' } }),
      ].map(codeOf),
    );
    expect(codes).toEqual([40324, 15952, 2, 9, 238]);
  });

  test('a group sorted by a field that nothing else names', async () => {
    await coll('c').insertMany([
      { _id: 1, v: 9 },
      { _id: 2, v: 1 },
    ]);
    const pipeline = [{ $group: { _id: null, least: { $top: { sortBy: { v: 1 }, output: '$_id' } } } }];
    expect(await coll('c').aggregate(pipeline).toArray()).toEqual([{ _id: null, least: 2 }]);
  });
});
