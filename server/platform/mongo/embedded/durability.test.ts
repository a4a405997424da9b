import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import type { Db } from 'mongodb';
import { expect, test } from 'vitest';
import { checkDatabase } from './check.ts';
import { startEmbedded } from './index.ts';

interface Doc {
  _id: string;
  n: number;
  key?: string;
}

const rounds = Number(process.env['VIGIE_CRASH_ROUNDS'] ?? 10);
const child = fileURLToPath(new URL('./testing/crash-child.ts', import.meta.url));

/**
 * Runs the child on the directory, kills it at a random moment and returns what it had acknowledged. In every second round the moment is counted from its
 * first transfer, so that there are some however busy the machine is.
 */
async function killedRun(dir: string, round: number): Promise<string[][]> {
  const process_ = spawn(process.execPath, [child, dir, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[][] = [];
  let sign: string | undefined = round % 2 === 0 ? 'move' : 'ready';
  for await (const line of createInterface({ input: process_.stdout })) {
    said.push(line.split(' '));
    if (said.at(-1)?.[0] !== sign) continue;
    sign = undefined;
    setTimeout(() => process_.kill('SIGKILL'), 50 + Math.random() * 400);
  }
  return said;
}

/** What must be in the database after all that was acknowledged. */
interface Expected {
  readonly inserts: Set<string>;
  readonly counts: Map<string, number>;
  readonly moves: Set<string>;
  readonly owners: Map<string, string>;
  readonly removed: Set<string>;
}

function note(expected: Expected, said: readonly string[][]): void {
  for (const [what, id = '', key = ''] of said) {
    if (what === 'insert') expected.inserts.add(id);
    if (what === 'inc') expected.counts.set(id, (expected.counts.get(id) ?? 0) + 1);
    if (what === 'move') expected.moves.add(id);
    if (what === 'unique') expected.owners.set(key, id);
    if (what === 'remove') expected.removed.add(id);
  }
}

async function verify(db: Db, expected: Expected, round: number): Promise<void> {
  const ids = async (name: string): Promise<Set<string>> =>
    new Set(
      await db
        .collection<Doc>(name)
        .find()
        .map((doc) => doc._id)
        .toArray(),
    );
  const inserts = await ids('inserts');
  expect([...expected.inserts].filter((id) => !inserts.has(id))).toEqual([]);
  const moves = await ids('moves');
  expect([...expected.moves].filter((id) => !moves.has(id))).toEqual([]);
  const removed = await ids('removed');
  expect([...expected.removed].filter((id) => removed.has(id))).toEqual([]);
  for await (const { _id, n } of db.collection<Doc>('counters').find()) {
    const least = expected.counts.get(_id) ?? 0;
    expect(n).toBeGreaterThanOrEqual(least);
    expect(n).toBeLessThanOrEqual(least + round); // one on its way at each kill
  }
  const accounts = await db.collection<Doc>('accounts').find().toArray();
  expect(accounts.reduce((sum, { n }) => sum + n, 0)).toBe(4000);
  for (const [key, id] of expected.owners)
    expect((await db.collection<Doc>('unique').find({ key }).toArray()).map((doc) => doc._id)).toEqual([id]);
}

test(`nothing acknowledged is lost when the process is killed (${rounds} rounds)`, { timeout: rounds * 10_000 + 20_000 }, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'vigie-crash-'));
  const expected: Expected = { inserts: new Set(), counts: new Map(), moves: new Set(), owners: new Map(), removed: new Set() };
  for (let round = 1; round <= rounds; round++) {
    const said = await killedRun(dir, round);
    note(expected, said);
    const lastIndex = said.filter(([what]) => what === 'index').at(-1)?.[1];
    const embedded = await startEmbedded(dir);
    const client = await MongoClient.connect(embedded.uri);
    await verify(client.db('crash'), expected, round);
    const names = (await client.db('crash').collection('inserts').indexes()).map((index) => index.name);
    if (names.length > 2) throw new Error(`after "${String(lastIndex)}" there are the indexes ${names.join(', ')}`);
    await client.close();
    await embedded.close();
    expect(checkDatabase(join(dir, 'vigie.sqlite')).problems).toEqual([]);
  }
  expect(expected.inserts.size).toBeGreaterThan(rounds);
  expect(expected.moves.size).toBeGreaterThan(0);
  expect(expected.owners.size).toBeGreaterThan(0);
  await rm(dir, { recursive: true, force: true });
});
