import type { Document } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { started } from './testing/started.ts';
import type { Started } from './testing/started.ts';

let at: Started;

beforeAll(async () => {
  at = await started();
  const c = at.db.collection<Document>('c');
  await c.createIndexes([
    { key: { status: 1, at: -1 }, name: 'status_at' },
    { key: { name: 1 }, name: 'name' },
    { key: { tags: 1 }, name: 'tags' },
    { key: { 'items.kind': 1, 'items.n': 1 }, name: 'items' },
    { key: { opt: 1 }, name: 'opt', sparse: true },
    { key: { mail: 1 }, name: 'mail', unique: true, partialFilterExpression: { mail: { $type: 'string' } } },
    { key: { code: 1, n: 1 }, name: 'code', partialFilterExpression: { open: true } },
  ]);
  await c.insertMany(Array.from({ length: 300 }, (_, i) => document(i)));
});
afterAll(() => at.stop());

function document(i: number): Document {
  return {
    _id: i,
    status: ['a', 'b', 'c'][i % 3],
    at: new Date(i * 1000),
    name: `n${i % 50}`,
    tags: [`t${i % 5}`, `t${i % 7}`, i],
    items: [
      { kind: 'x', n: i },
      { kind: 'y', n: -i },
    ],
    ...(i % 4 === 0 && { opt: i }),
    ...(i % 2 === 0 ? { mail: `m${i}` } : { mail: null }),
    code: i % 10,
    n: i % 9 === 0 ? null : i / 2,
    open: i % 3 === 0,
  };
}

type Case = readonly [filter: Document, sort: Document | undefined, index: string];

const cases: readonly Case[] = [
  [{ _id: 5 }, undefined, '_id_'],
  [{ _id: { $in: [5, 7, 7, 1000] } }, undefined, '_id_'],
  [{ _id: { $gt: 5, $lte: 9 } }, undefined, '_id_'],
  [{}, { _id: -1 }, '_id_'],
  [{ status: 'a' }, { at: -1 }, 'status_at'],
  [{ status: 'a' }, { at: 1 }, 'status_at'],
  [{ status: 'a', at: { $gte: new Date(30_000), $lt: new Date(90_000) } }, { at: 1 }, 'status_at'],
  [{ status: { $in: ['a', 'c'] }, at: { $gt: new Date(200_000) } }, { at: 1 }, 'SORT status_at'],
  [{ status: { $in: ['c', 'a'] } }, { status: 1, at: -1 }, 'status_at'],
  [{}, { status: -1, at: 1 }, 'status_at'],
  [{}, { status: 1, at: 1 }, 'SORT COLLSCAN'],
  [{ name: /^n4/ }, undefined, 'name'],
  [{ name: /4/ }, undefined, 'COLLSCAN'],
  [{ name: null }, undefined, 'name'],
  [{ name: { $ne: 'n1' } }, undefined, 'COLLSCAN'],
  [{ $or: [{ name: 'n1' }, { status: 'b', at: { $lt: new Date(9000) } }] }, undefined, 'OR name status_at'],
  [{ $or: [{ name: 'n1' }, { code: 3 }] }, undefined, 'COLLSCAN'],
  [{ tags: 't1' }, undefined, 'tags'],
  [{ tags: { $gt: 3, $lt: 5 } }, undefined, 'tags'],
  [{ tags: { $all: ['t1', 't2'] } }, { tags: 1 }, 'SORT tags'],
  [{ tags: { $elemMatch: { $gte: 10, $lt: 12 } } }, undefined, 'tags'],
  [{ 'items.kind': 'x', 'items.n': -5 }, undefined, 'items'],
  [{ items: { $elemMatch: { kind: 'y', n: -5 } } }, undefined, 'items'],
  [{ opt: { $gte: 100 } }, undefined, 'opt'],
  [{ opt: null }, undefined, 'COLLSCAN'],
  [{ opt: { $exists: false } }, undefined, 'COLLSCAN'],
  [{ mail: 'm4' }, undefined, 'mail'],
  [{ mail: { $in: ['m4', 'm6'] } }, undefined, 'mail'],
  [{ mail: null }, undefined, 'COLLSCAN'],
  [{ code: 3, open: true }, undefined, 'code'],
  [{ code: 3 }, undefined, 'COLLSCAN'],
  [{ code: 3, open: true, n: null }, undefined, 'code'],
  [{ code: { $gte: 8 }, open: true }, { code: -1, n: -1 }, 'code'],
  [{ _id: { $gt: 'text' } }, undefined, '_id_'],
  [{ $and: [{ _id: { $gt: 3 } }, { _id: { $lt: 6 } }] }, undefined, '_id_'],
];

test.each(cases)('%j sorted %j uses %s, and finds what a scan finds', async (filter, sort, expected) => {
  const c = at.db.collection<Document>('c');
  const cursor = (hint?: Document): Promise<Document[]> => c.find(filter, { ...(sort && { sort }), ...(hint && { hint }) }).toArray();
  expect(shape(((await c.find(filter, sort && { sort }).explain())['queryPlanner'] as Document)['winningPlan'] as Document)).toBe(expected);
  const found = await cursor();
  const scanned = await cursor({ $natural: 1 });
  const byId = (docs: readonly Document[]): Document[] => [...docs].sort((a, b) => Number(a['_id']) - Number(b['_id']));
  expect(byId(found)).toEqual(byId(scanned));
  const keys = (docs: readonly Document[]): string[] =>
    docs.map((doc) => JSON.stringify(Object.keys(sort ?? {}).map((key) => doc[key] as unknown)));
  if (sort !== undefined && !('tags' in sort)) expect(keys(found)).toEqual(keys(scanned));
});

function shape(plan: Document): string {
  if (plan['stage'] === 'SORT') return `SORT ${shape(plan['inputStage'] as Document)}`;
  if (plan['stage'] === 'OR') return `OR ${(plan['inputStages'] as Document[]).map(shape).join(' ')}`;
  return plan['stage'] === 'FETCH' ? shape(plan['inputStage'] as Document) : String(plan['indexName'] ?? plan['stage']);
}

test('a hint is followed, and an unknown one is an error', async () => {
  const c = at.db.collection<Document>('c');
  expect(await c.find({ status: 'a' }, { hint: 'name' }).toArray()).toHaveLength(100);
  await expect(c.find({}, { hint: 'nope' }).toArray()).rejects.toMatchObject({ code: 2 });
});

test('a scan of more than 20,000 documents is reported, with names of fields only', async () => {
  const big = at.db.collection('big');
  await big.insertMany(Array.from({ length: 20_100 }, (_, i) => ({ i, secret: 'x' })));
  expect(await big.findOne({ i: 20_099, secret: 'x' })).not.toBeNull();
  await expect
    .poll(() => at.events.find((event) => event.kind === 'long-scan'))
    .toMatchObject({ collection: 'test.big', fields: ['i', 'secret'] });
  expect(JSON.stringify(at.events)).not.toContain('20099');
});
