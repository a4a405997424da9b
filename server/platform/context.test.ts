import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import mongoose, { Schema, model } from 'mongoose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM, createContexts, type Context } from './context.ts';
import { createEventLog, type EventLog, type StoredEvent } from './events.ts';
import { createLog } from './log.ts';
import { connectDatabase, type Database } from './mongo/connect.ts';
import { createIndexes } from './mongo/models.ts';

const Note = model('TestNote', new Schema({ text: String, count: Number }, { versionKey: false, collection: 'testnotes' }));
const log = createLog('silent');
const now = () => new Date();
let database: Database;
let dataDir: string;
let events: EventLog;
let ctx: Context;
let audited: string[];
let seen: StoredEvent[];

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'vigie-test-'));
  database = await connectDatabase({ uri: process.env.MONGODB_URI, dataDir, log });
  await createIndexes(database.connection, log);
});

afterAll(async () => {
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
});

beforeEach(async () => {
  for (const name of ['testnotes', 'events', 'topics']) await mongoose.connection.collection(name).deleteMany({});
  events = createEventLog({ now, log });
  audited = [];
  seen = [];
  events.listen((event) => seen.push(event));
  const contexts = createContexts({
    connection: database.connection,
    events,
    now,
    writeAudit: async ({ fact }) => {
      audited.push(fact.action);
      await Promise.resolve();
    },
  });
  ctx = contexts({ actor: SYSTEM, locale: 'fr', from: 'test' });
});

async function announce(text: string): Promise<void> {
  await ctx.atomically('qa', async () => {
    await Note.create([{ text }]);
    await ctx.record({ action: 'note.made', live: [{ topic: 'qa', type: 'light:changed', data: { text } }] });
  });
}

describe('an act', () => {
  it('commits its change, audit entry and event together, then emits the event with the next revision', async () => {
    await announce('one');
    await announce('two');
    expect(await Note.countDocuments()).toBe(2);
    expect(audited).toEqual(['note.made', 'note.made']);
    expect(seen.map(({ revision, data }) => [revision, data])).toEqual([
      [1, { text: 'one' }],
      [2, { text: 'two' }],
    ]);
    expect(await events.revision('qa')).toBe(2);
  });

  it('that fails leaves nothing and announces nothing', async () => {
    const failing = ctx.atomically('qa', async () => {
      await Note.create([{ text: 'lost' }]);
      await ctx.record({ action: 'note.made', live: [{ topic: 'qa', type: 'light:changed', data: {} }] });
      throw new Error('refused');
    });
    await expect(failing).rejects.toThrow('refused');
    expect(await Note.countDocuments()).toBe(0);
    expect(await events.revision('qa')).toBe(0);
    expect(seen).toEqual([]);
  });

  it('inside an act joins it', async () => {
    const failing = ctx.atomically('qa', async () => {
      await announce('inner');
      throw new Error('outer refused');
    });
    await expect(failing).rejects.toThrow('outer refused');
    expect(await Note.countDocuments()).toBe(0);
  });

  it('cannot record a fact outside a transaction', async () => {
    await expect(ctx.record({ action: 'note.made' })).rejects.toThrow('outside an act');
  });

  it('forty at once on one topic all commit, with revisions that rise by one', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => announce(String(index))));
    expect(seen.map(({ revision }) => revision)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  });

  it('of two queues that meet on one topic both commit', async () => {
    const act = (queue: string) =>
      ctx.atomically(queue, () => ctx.record({ action: 'note.made', live: [{ topic: 'wall', type: 'light:changed', data: queue }] }));
    await Promise.all([...Array.from({ length: 10 }, () => act('qa')), ...Array.from({ length: 10 }, () => act('dossiers'))]);
    expect(seen.map(({ revision }) => revision)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });
});

describe('the event log', () => {
  it('gives a second process the events of the first, in order and once', async () => {
    const other = createEventLog({ now, log });
    const received: number[] = [];
    other.listen(({ revision }) => received.push(revision));
    other.emittedOr('qa', 0);
    other.start();
    await announce('one');
    await announce('two');
    await announce('three');
    await expect.poll(() => received, { timeout: 5000 }).toEqual([1, 2, 3]);
    other.stop();
  });

  it('fills the gap first when an own event comes before those of another process were read', async () => {
    const received: number[] = [];
    const other = createEventLog({ now, log });
    other.listen(({ revision }) => received.push(revision));
    other.emittedOr('qa', 0);
    await announce('one');
    await announce('two');
    const [, second] = seen;
    if (second) other.offer(second);
    await expect.poll(() => received).toEqual([1, 2]);
  });
});
