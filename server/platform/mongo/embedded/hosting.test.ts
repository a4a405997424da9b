import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startEmbedded } from './index.ts';
import type { Embedded } from './index.ts';

const script = fileURLToPath(new URL('./testing/host-child.ts', import.meta.url));
const children: ChildProcess[] = [];
const open: Embedded[] = [];
let dir = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vigie-host-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const embedded of open.splice(0)) await embedded.close();
  await rm(dir, { recursive: true, force: true });
});

async function start(at = dir): Promise<Embedded> {
  const embedded = await startEmbedded(at);
  open.push(embedded);
  return embedded;
}

async function startChild(): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [script, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  for await (const said of createInterface({ input: child.stdout })) return { child, said };
  throw new Error('the child ended without a word');
}

describe('several processes on one directory', () => {
  test('the first hosts, the second joins, both see the same data', async () => {
    const { said } = await startChild();
    const here = await start();
    expect(said).toBe(`hosting ${here.uri}`);
    expect(here.hosting).toBe(false);
    const client = await MongoClient.connect(here.uri);
    await client.db('x').collection('c').insertOne({ a: 1 });
    expect(await client.db('x').collection('c').countDocuments()).toBe(1);
    await client.close();
  });

  test('two engines in one process do not open the file twice', async () => {
    expect([(await start()).hosting, (await start()).hosting]).toEqual([true, false]);
  });

  test(
    'when the host is killed another takes over on the same socket, nothing acknowledged is lost, and drivers go on',
    { timeout: 30_000 },
    async () => {
      const { child } = await startChild();
      const here = await start();
      const { said } = await startChild();
      expect(said).toMatch(/^joined/);
      const client = await MongoClient.connect(here.uri, { serverSelectionTimeoutMS: 10_000 });
      const c = client.db('x').collection<{ _id: number }>('c');
      const acknowledged: number[] = [];
      for (let i = 0; i < 300; i++) {
        if (i === 150) child.kill('SIGKILL');
        await c.insertOne({ _id: i }); // the driver tries the one cut off a second time
        acknowledged.push(i);
      }
      expect(await c.distinct('_id')).toEqual(acknowledged);
      await client.close();
    },
  );

  test('a host that is left makes room for the next at once', async () => {
    const first = await startEmbedded(dir);
    const second = await start();
    await first.close();
    await expect.poll(() => second.hosting, { timeout: 5000 }).toBe(true);
    const client = await MongoClient.connect(second.uri);
    expect(await client.db('x').collection('c').countDocuments()).toBe(0);
    await client.close();
  });

  test('the socket lies in a private directory, also when the path is too long for one', async () => {
    const long = join(dir, 'x'.repeat(120));
    for (const [at, socket] of [
      [dir, undefined],
      [long, join(long, 'socket-path')],
    ] as const) {
      const embedded = await start(at);
      const path = decodeURIComponent(/\/\/(.*?)\/vigie/.exec(embedded.uri)?.[1] ?? '');
      expect(Buffer.byteLength(path)).toBeLessThanOrEqual(107);
      expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
      if (socket !== undefined) expect(readFileSync(socket, 'utf8').trim()).toBe(dirname(path));
      const client = await MongoClient.connect(embedded.uri);
      expect(await client.db('x').command({ ping: 1 })).toMatchObject({ ok: 1 });
      await client.close();
    }
  });
});

describe('a start that cannot be', () => {
  test('names a damaged file and what to do, and changes nothing in it', async () => {
    const embedded = await startEmbedded(dir);
    const client = await MongoClient.connect(embedded.uri);
    await client
      .db('x')
      .collection('c')
      .insertMany(Array.from({ length: 500 }, (_, i) => ({ i, pad: 'x'.repeat(200) })));
    await client.close();
    await embedded.close();
    const file = join(dir, 'vigie.sqlite');
    const sound = readFileSync(file);
    const damages: ReadonlyArray<() => void> = [
      () => writeFileSync(file, 'this is no database, whatever its name may say'),
      () => writeFileSync(file, sound.subarray(0, sound.length - 8192)),
      () => overwrite(file, 4096 * 12, 4096 * 3),
    ];
    for (const damage of damages) {
      writeFileSync(file, sound);
      damage();
      const before = readFileSync(file);
      await expect(startEmbedded(dir)).rejects.toThrow(/vigie\.sqlite cannot be used: .*restore/s);
      expect(readFileSync(file).equals(before)).toBe(true);
    }
    writeFileSync(file, sound);
    await start();
  });

  test('a damage within a file too large to be read whole before the start is told soon after it', async () => {
    const embedded = await startEmbedded(dir);
    const client = await MongoClient.connect(embedded.uri);
    const rows = Array.from({ length: 40 }, () => ({ pad: 'x'.repeat(1_000_000) }));
    await client.db('x').collection('c').insertMany(rows);
    await client.close();
    await embedded.close();
    const file = join(dir, 'vigie.sqlite');
    expect(statSync(file).size).toBeGreaterThan(32 * 1024 * 1024);
    const told: string[] = [];
    await (await startEmbedded(dir, { onEvent: ({ message }) => told.push(message) })).close();
    overwrite(file, 20_000_000, 4096 * 600); // chains of pages are broken, the tables that say what there is are not
    const again = await startEmbedded(dir, { onEvent: ({ message }) => told.push(message) });
    await expect.poll(() => told, { timeout: 5000 }).toEqual([expect.stringMatching(/vigie\.sqlite is damaged .*restore a backup/)]);
    await again.close();
  });

  test('names a directory that cannot be written', async () => {
    const file = join(dir, 'file');
    writeFileSync(file, '');
    await expect(startEmbedded(join(file, 'data'))).rejects.toThrow(/cannot be written .*DATA_DIR/);
  });

  // Root is not bound by modes: for root disk.test.ts mounts a file system that is read-only.
  test.skipIf(process.getuid?.() === 0)('names a directory that is read-only', async () => {
    const closed = join(dir, 'closed');
    mkdirSync(closed, { mode: 0o500 });
    await expect(startEmbedded(closed)).rejects.toThrow(/cannot be written .*DATA_DIR/);
  });
});

function overwrite(file: string, at: number, length: number): void {
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.alloc(length, 0xa5), 0, length, at);
  closeSync(fd);
}

test('a full disk fails what it cannot store, keeps what it has, and goes on when there is room', async () => {
  const embedded = await startEmbedded(dir, { maxBytes: 600_000 });
  const client = await MongoClient.connect(embedded.uri);
  const c = client.db('x').collection<{ _id: number; pad: string }>('c');
  await c.createIndex({ pad: 1 });
  let stored = 0;
  const full = await (async () => {
    for (;;) await c.insertOne({ _id: stored, pad: 'x'.repeat(5000) }).then(() => stored++);
  })().catch((error: unknown) => error);
  expect(full).toMatchObject({ code: 14031 });
  expect(await c.countDocuments()).toBe(stored);
  expect(
    await c
      .find()
      .sort({ _id: 1 })
      .map((doc) => doc._id)
      .toArray(),
  ).toEqual(Array.from({ length: stored }, (_, i) => i));
  await c.deleteMany({ _id: { $lt: 20 } });
  await c.insertOne({ _id: 1000, pad: 'x'.repeat(5000) });
  expect(await c.countDocuments({ pad: 'x'.repeat(5000) })).toBe(stored - 19);
  await client.close();
  await embedded.close();
  const again = await start();
  const second = await MongoClient.connect(again.uri);
  expect(await second.db('x').collection('c').countDocuments()).toBe(stored - 19);
  await second.close();
});

test('closing twice, and closing while clients are connected, does no harm', async () => {
  const embedded = await startEmbedded(dir);
  const client = await MongoClient.connect(embedded.uri);
  await Promise.all([embedded.close(), embedded.close()]);
  await client.close();
});
