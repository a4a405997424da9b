import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient, UUID } from 'mongodb';
import { Mongoose, Schema } from 'mongoose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmbedded } from './index.ts';
import { started } from './testing/started.ts';
import type { Started } from './testing/started.ts';

describe('Mongoose', () => {
  const mongoose = new Mongoose();
  const schema = new Schema(
    {
      name: { type: String, required: true },
      mail: { type: String, unique: true, sparse: true },
      steps: [{ what: String, n: Number }],
      version: Number,
    },
    { timestamps: true },
  );
  const Person = mongoose.model('Person', schema);
  let at: Started;

  beforeAll(async () => {
    at = await started();
    mongoose.set('transactionAsyncLocalStorage', true);
    await mongoose.connect(at.embedded.uri);
    await Person.init();
  });
  afterAll(async () => {
    await mongoose.disconnect();
    await at.stop();
  });

  test('creates, finds, changes and removes documents', async () => {
    const ada = await Person.create({ name: 'Ada', mail: 'ada@x', steps: [{ what: 'a', n: 1 }], version: 1 });
    ada.steps.push({ what: 'b', n: 2 });
    await ada.save();
    expect((await Person.findById(ada._id).lean())?.steps).toHaveLength(2);
    expect(
      await Person.findOneAndUpdate({ _id: ada._id, version: 1 }, { $inc: { version: 1 } }, { returnDocument: 'after' }).lean(),
    ).toMatchObject({ version: 2 });
    expect(await Person.findOneAndUpdate({ _id: ada._id, version: 1 }, { $inc: { version: 1 } })).toBeNull();
    await expect(Person.create({ name: 'Eve', mail: 'ada@x' })).rejects.toMatchObject({ code: 11000, keyPattern: { mail: 1 } });
    expect(await Person.find({ name: /^A/ }).sort({ createdAt: -1 }).limit(5).countDocuments()).toBe(1);
    expect(await Person.exists({ 'steps.what': 'b' })).not.toBeNull();
    expect((await Person.deleteMany({})).deletedCount).toBe(1);
  });

  test('takes every call within a transaction into it, and leaves nothing of a failed one', async () => {
    await mongoose.connection.transaction(async () => {
      await Person.create({ name: 'In' });
      await Person.updateOne({ name: 'In' }, { $set: { version: 5 } });
      expect(await Person.countDocuments({ version: 5 })).toBe(1);
    });
    const failing = mongoose.connection.transaction(async () => {
      await Person.create({ name: 'Out' });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect((await Person.find().lean()).map((person) => person.name)).toEqual(['In']);
  });

  test('runs a transaction again when another was quicker', async () => {
    const { _id } = await Person.create({ name: 'Counter', version: 0 });
    const add = (): Promise<unknown> =>
      mongoose.connection.transaction(async () => {
        const found = await Person.findById(_id).lean();
        await Person.updateOne({ _id }, { $set: { version: (found?.version ?? 0) + 1 } });
      });
    await Promise.all(Array.from({ length: 10 }, add));
    expect((await Person.findById(_id).lean())?.version).toBe(10);
  });
});

test('the answer to a numbered write outlives a restart', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'vigie-retry-'));
  const sameSession = { id: new UUID().toBinary() };
  for (let round = 0; round < 2; round++) {
    const embedded = await startEmbedded(dir);
    const client = await MongoClient.connect(embedded.uri);
    const session = client.startSession();
    Object.assign(session.id ?? {}, sameSession); // as a driver that lost the answer and asks the restarted engine
    const command = { update: 'c', updates: [{ q: { k: 1 }, u: { $inc: { n: 1 } }, upsert: true }], txnNumber: 1n };
    expect((await client.db('x').command(command, { session }))['upserted']).toHaveLength(1);
    expect(await client.db('x').collection('c').findOne({ k: 1 })).toMatchObject({ n: 1 });
    await client.close();
    await embedded.close();
  }
  await rm(dir, { recursive: true, force: true });
});
