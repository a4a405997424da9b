import { expect, test } from 'vitest';
import { date, doc, double, outcome, regex, show } from './testing/notation.ts';
import type { Plain } from './testing/notation.ts';
import { compileUpdate } from './updater.ts';
import type { Doc } from './values.ts';

type Fields = { readonly [name: string]: Plain };
const now = date('2024-01-02T03:04:05Z');

function compiled(update: Fields, filter: Fields, arrayFilters?: Fields[]): ReturnType<typeof compileUpdate> {
  return compileUpdate(doc(update), doc(filter), arrayFilters?.map(doc));
}

const updated = (before: Fields, update: Fields, filter: Fields = {}, arrayFilters?: Fields[]): string =>
  outcome((): Doc => compiled(update, filter, arrayFilters).apply(doc(before), now));

test.each<[Fields, Fields, string]>([
  [{ a: 1 }, { $set: { 'b.c': 2, a: 'x' } }, '{a: "x", b: {c: 2}}'],
  [{}, { $set: { b: 1, '10': 1, '9': 1, a: 1 } }, '{9: 1, 10: 1, a: 1, b: 1}'],
  [{ a: [1] }, { $set: { 'a.2': 3 } }, '{a: [1, null, 3]}'],
  [{ a: 5 }, { $set: { 'a.b': 1 } }, 'error 28'],
  [{ a: [1, 2], b: { c: 1 } }, { $unset: { 'a.0': '', 'b.c': '', 'b.x.y': '', q: '' } }, '{a: [null, 2], b: {}}'],
  [{ a: 1, b: 5n }, { $inc: { a: 1.5, b: 1, c: 2 } }, '{a: 2.5, b: 6L, c: 2}'],
  [{ a: 9223372036854775807n }, { $inc: { a: 1 } }, 'error 2'],
  [{ a: 2147483647 }, { $mul: { a: 2, b: 3n } }, '{a: 4294967294L, b: 0L}'],
  [{ a: 5, b: 'x' }, { $min: { a: 3, b: 7, c: 1 } }, '{a: 3, b: 7, c: 1}'],
  [{ a: 5, b: 'x' }, { $max: { a: 3, b: 7, c: 1 } }, '{a: 5, b: "x", c: 1}'],
  [{ a: 1, b: { c: 2 } }, { $rename: { 'b.c': 'a', q: 'r' } }, '{a: 2, b: {}}'],
  [{ a: [{ b: 1 }] }, { $rename: { 'a.b': 'c' } }, 'error 2'],
  [{ a: 1 }, { $setOnInsert: { b: 1 } }, '{a: 1}'],
  [{}, { $currentDate: { a: true } }, '{a: 2024-01-02T03:04:05.000Z}'],
  [{ a: 5, b: 1n }, { $bit: { a: { and: 4, or: 3 }, b: { xor: 1 }, c: { or: 2 } } }, '{a: 7, b: 0L, c: 2}'],
  [{ a: [3, 1] }, { $push: { a: { $each: [2], $sort: 1, $slice: -2 }, b: 1 } }, '{a: [2, 3], b: [1]}'],
  [{ a: [1, 4] }, { $push: { a: { $each: [2, 3], $position: 1 } } }, '{a: [1, 2, 3, 4]}'],
  [{ a: [1] }, { $addToSet: { a: { $each: [double(1), 2, 2] }, b: 'x' } }, '{a: [1, 2], b: ["x"]}'],
  [{ a: [1, { b: 1, c: 2 }, { b: 2 }] }, { $pull: { a: { b: 1 } } }, '{a: [1, {b: 2}]}'],
  [{ a: ['ab', 'c'], b: [1, 5] }, { $pull: { a: regex('^a'), b: { $gt: 2 } } }, '{a: ["c"], b: [1]}'],
  [{ a: [1, 2, 1] }, { $pullAll: { a: [1] } }, '{a: [2]}'],
  [{ a: [1, 2], b: [1, 2] }, { $pop: { a: 1, b: -1, c: 1 } }, '{a: [1], b: [2]}'],
  [{ a: [1] }, { $pop: { a: 2 } }, 'error 9'],
  [{ a: [{ x: 1 }, { x: 2 }] }, { $inc: { 'a.$[].x': 1 } }, '{a: [{x: 2}, {x: 3}]}'],
  [{}, { $set: { 'a.$[]': 1 } }, 'error 2'],
  [{}, { $set: { a: 1, 'a.b': 2 } }, 'error 40'],
  [{}, { $set: { 'a..b': 2 } }, 'error 56'],
  [{}, { $set: { $a: 2 } }, 'error 52'],
  [{}, { $foo: { a: 1 } }, 'error 9'],
  [{ _id: 1, a: 1 }, { _id: double(1), b: 2 }, '{_id: 1.0, b: 2}'],
  [{ _id: 1 }, { $set: { _id: 2 } }, 'error 66'],
  [{ _id: 1 }, { a: 1, $set: {} }, 'error 52'],
  [{}, { $currentDate: { a: { $type: 'date' } } }, '{a: 2024-01-02T03:04:05.000Z}'],
  [{}, { $currentDate: { a: { $type: 'timestamp' } } }, 'error 238'],
  [{}, { $currentDate: { a: 'date' } }, 'error 2'],
  [{ a: [1, 4] }, { $push: { a: { $each: [2, 3], $position: -1 }, b: { $each: [1], $slice: 0 } } }, '{a: [1, 2, 3, 4], b: []}'],
  [{ a: 1 }, { $isolated: {} }, 'error 238'],
  [{ a: 1 }, { $foo: {} }, 'error 9'],
])('%o updated by %o is %s', (before, update, expected) => {
  expect(updated(before, update)).toBe(expected);
});

test('the positional $ means the element that satisfied the filter', () => {
  expect(updated({ a: [{ x: 1 }, { x: 2 }] }, { $set: { 'a.$.y': 1 } }, { 'a.x': 2 })).toBe('{a: [{x: 1}, {x: 2, y: 1}]}');
  expect(updated({ a: [1] }, { $set: { 'a.$': 1 } }, {})).toBe('error 2');
});

test('$[name] means the elements that an array filter finds, at any depth', () => {
  const before = {
    a: [
      { k: 1, b: [1, 5] },
      { k: 2, b: [9] },
    ],
  };
  expect(updated(before, { $set: { 'a.$[o].b.$[i]': 0 } }, {}, [{ 'o.k': 1 }, { i: { $gte: 5 } }])).toBe(
    '{a: [{k: 1, b: [1, 0]}, {k: 2, b: [9]}]}',
  );
  expect(updated(before, { $set: { x: 0 } }, {}, [{ o: 1 }])).toBe('error 9');
  expect(updated(before, { $set: { 'a.$[z]': 0 } })).toBe('error 2');
});

test.each<[Fields, Fields, string]>([
  [
    { _id: 1, a: 5, b: { $gt: 1 }, $and: [{ 'c.d': { $eq: 2 } }] },
    { $set: { e: 1 }, $setOnInsert: { f: 2 }, $inc: { a: 1 } },
    '{_id: 1, a: 6, c: {d: 2}, e: 1, f: 2}',
  ],
  [{ a: { $in: [7] } }, { $setOnInsert: { _id: 3 } }, '{_id: 3, a: 7}'],
  [{ _id: 1, a: 2 }, { b: 3 }, '{_id: 1, b: 3}'],
  [{ a: 1, $and: [{ a: 1 }] }, { $set: { b: 1 } }, 'error 54'],
  [{ _id: 1 }, { $set: { _id: 2 } }, 'error 66'],
])('an upsert by %o with %o inserts %s', (filter, update, expected) => {
  expect(outcome((): Doc => compiled(update, filter).onInsert(now))).toBe(expected);
});

test('an update leaves the document it was given alone', () => {
  const before = doc({ a: { b: [1, { c: 1 }] } });
  compiled({ $set: { 'a.b.1.c': 2 }, $push: { 'a.x': 1 } }, {}).apply(before, now);
  expect(show(before)).toBe('{a: {b: [1, {c: 1}]}}');
});
