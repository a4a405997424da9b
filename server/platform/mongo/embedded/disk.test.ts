import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import type { Collection } from 'mongodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mayMount, mountSmallDisk } from '#server/testing/small-disk.ts';
import type { SmallDisk } from '#server/testing/small-disk.ts';
import { checkDatabase } from './check.ts';
import { startEmbedded } from './index.ts';
import type { Embedded, EngineEvent } from './index.ts';

interface Account {
  _id: string;
  n: number;
  pad?: string;
}

const PAD = 'x'.repeat(20_000);

/** A file system that is truly full, or truly read-only: root is bound by these, though not by the modes of directories. */
describe.skipIf(!mayMount())('a disk of its own', () => {
  let dir = '';
  let disk: SmallDisk;
  const open: Embedded[] = [];
  const clients: MongoClient[] = [];
  const events: EngineEvent[] = [];

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'vigie-full-'));
    disk = mountSmallDisk(dir, 8);
    events.length = 0;
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    for (const embedded of open.splice(0)) await embedded.close();
    disk.unmount();
    await rm(dir, { recursive: true, force: true });
  });

  async function accounts(): Promise<Collection<Account>> {
    const embedded = await startEmbedded(dir, { onEvent: (event) => events.push(event) });
    open.push(embedded);
    const client = await MongoClient.connect(embedded.uri, { serverSelectionTimeoutMS: 5000 });
    clients.push(client);
    return client.db('x').collection<Account>('accounts');
  }

  async function stop(): Promise<void> {
    for (const client of clients.splice(0)) await client.close();
    for (const embedded of open.splice(0)) await embedded.close();
  }

  /** Moves one from a to b, with a record that needs room, until it fails; how often it was acknowledged and why it failed. */
  async function moveUntilFull(rows: Collection<Account>, from: number): Promise<{ moved: number; fault: unknown }> {
    const [client] = clients;
    for (let moved = from; ; moved++) {
      try {
        await client?.withSession((session) =>
          session.withTransaction(async () => {
            await rows.updateOne({ _id: 'a' }, { $inc: { n: -1 } }, { session });
            await rows.insertOne({ _id: `move-${moved}`, n: 0, pad: PAD }, { session });
            await rows.updateOne({ _id: 'b' }, { $inc: { n: 1 } }, { session });
          }),
        );
      } catch (fault) {
        return { moved, fault };
      }
    }
  }

  async function expectMoved(rows: Collection<Account>, moved: number): Promise<void> {
    expect(await rows.findOne({ _id: 'a' })).toMatchObject({ n: 1000 - moved });
    expect(await rows.findOne({ _id: 'b' })).toMatchObject({ n: moved });
    expect(await rows.countDocuments({ pad: { $gte: '' } })).toBe(moved);
  }

  test('that is full fails what it cannot store by a clear error, half stores nothing, and goes on when there is room', async () => {
    const rows = await accounts();
    await rows.createIndex({ pad: 1 }, { partialFilterExpression: { pad: { $type: 'string' } } });
    await rows.insertMany([
      { _id: 'a', n: 1000 },
      { _id: 'b', n: 0 },
    ]);
    disk.fillUpTo(1_000_000);
    const first = await moveUntilFull(rows, 0);
    expect(first.fault).toMatchObject({ code: 14031, message: expect.stringMatching(/disk is full: nothing was stored/) });
    expect(first.moved).toBeGreaterThan(3);
    await expectMoved(rows, first.moved);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'fault', message: expect.stringMatching(/disk is full/) }));
    disk.empty();
    disk.fillUpTo(1_500_000);
    const second = await moveUntilFull(rows, first.moved);
    expect(second.moved).toBeGreaterThan(first.moved);
    disk.empty();
    await stop();
    await expectMoved(await accounts(), second.moved);
    await stop();
    expect(checkDatabase(join(dir, 'vigie.sqlite')).problems).toEqual([]);
  });

  test('that is full keeps a site from starting, with what to do; it starts with all its data once there is room', async () => {
    const full = /cannot be written .*Make room if the disk is full/;
    disk.fillUpTo(0);
    await expect(startEmbedded(dir)).rejects.toThrow(full);
    disk.empty();
    await (await accounts()).insertOne({ _id: 'a', n: 1 });
    await stop();
    disk.fillUpTo(0);
    await expect(startEmbedded(dir)).rejects.toThrow(full);
    disk.empty();
    expect(await (await accounts()).find().toArray()).toEqual([{ _id: 'a', n: 1 }]);
  });

  test('that is read-only is named with what to do, and nothing in it changes; the site starts once it can be written', async () => {
    await (await accounts()).insertOne({ _id: 'a', n: 1 });
    await stop();
    disk.readOnly(true);
    await expect(startEmbedded(dir)).rejects.toThrow(/cannot be written .*DATA_DIR/);
    disk.readOnly(false);
    expect(await (await accounts()).findOne({ _id: 'a' })).toMatchObject({ n: 1 });
  });
});
