import { expect, test } from 'vitest';
import { runPipeline } from './aggregation.ts';
import { compileFilter } from './matcher.ts';
import { compileProjection } from './projection.ts';
import { sortDocs } from './sort.ts';
import { date, doc, double, outcome, show } from './testing/notation.ts';
import type { Plain } from './testing/notation.ts';
import type { Doc } from './values.ts';

type Fields = { readonly [name: string]: Plain };

const rows: readonly Fields[] = [
  { _id: 1, u: 'A', v: 5, tags: ['x', 'y'] },
  { _id: 2, u: 'B', v: 1, tags: [] },
  { _id: 3, u: 'A', v: 3, sub: { z: 1 } },
  { _id: 4, u: null, v: 'text' },
];
const units: readonly Fields[] = [
  { _id: 'A', name: 'Alpha', list: [1, 2] },
  { _id: 'B', name: 'Beta' },
];
const collections: Readonly<Record<string, readonly Fields[]>> = { rows, units };

const asked: Doc[] = [];
const now = date('2024-01-01');
const find = (coll: string, filter: Doc): Doc[] => {
  asked.push(filter);
  return (collections[coll] ?? []).map(doc).filter(compileFilter(filter));
};

function run(...pipeline: Fields[]): string {
  return outcome(() => runPipeline(pipeline.map(doc), rows.map(doc), now, find));
}

const ids = { $group: { _id: null, ids: { $push: '$_id' } } };

test.each<[string, Fields[], string]>([
  ['$match with $expr', [{ $match: { $expr: { $gt: ['$v', 2] } } }, ids], '[{_id: null, ids: [1, 3, 4]}]'],
  ['$sort, $skip and $limit', [{ $sort: { u: -1, v: 1 } }, { $skip: 1 }, { $limit: 2 }, ids], '[{_id: null, ids: [3, 1]}]'],
  ['$count', [{ $count: 'n' }], '[{n: 4}]'],
  ['$count of nothing', [{ $match: { _id: 9 } }, { $count: 'n' }], '[]'],
  ['$project inclusion', [{ $limit: 1 }, { $project: { v: 1, w: { $add: ['$v', 1] } } }], '[{_id: 1, v: 5, w: 6}]'],
  ['$project exclusion', [{ $limit: 1 }, { $project: { tags: 0, _id: 0 } }], '[{u: "A", v: 5}]'],
  ['$project mixed', [{ $project: { a: 1, b: 0 } }], 'error 31254'],
  ['$set and $unset', [{ $match: { _id: 3 } }, { $set: { 'sub.y': '$v' } }, { $unset: ['u', 'sub.z'] }], '[{_id: 3, v: 3, sub: {y: 3}}]'],
  [
    '$addFields of a document',
    [{ $match: { _id: 3 } }, { $addFields: { sub: { q: 1 }, v: '$$REMOVE' } }],
    '[{_id: 3, u: "A", sub: {z: 1, q: 1}}]',
  ],
  ['$replaceRoot', [{ $match: { _id: 3 } }, { $replaceRoot: { newRoot: '$sub' } }], '[{z: 1}]'],
  ['$replaceWith', [{ $replaceWith: '$v' }], 'error 40228'],
  [
    '$unwind with index',
    [{ $limit: 1 }, { $unwind: { path: '$tags', includeArrayIndex: 'i' } }, { $project: { tags: 1, i: 1 } }],
    '[{_id: 1, tags: "x", i: 0L}, {_id: 1, tags: "y", i: 1L}]',
  ],
  [
    '$unwind that preserves',
    [{ $unwind: { path: '$tags', preserveNullAndEmptyArrays: true } }, ids],
    '[{_id: null, ids: [1, 1, 2, 3, 4]}]',
  ],
  [
    '$group',
    [{ $group: { _id: '$u', n: { $sum: 1 }, s: { $sum: '$v' } } }],
    '[{_id: "A", n: 2, s: 8}, {_id: "B", n: 1, s: 1}, {_id: null, n: 1, s: 0}]',
  ],
  [
    '$group by two fields',
    [{ $group: { _id: { u: '$u', z: '$sub.z' } } }],
    '[{_id: {u: "A"}}, {_id: {u: "B"}}, {_id: {u: "A", z: 1}}, {_id: {u: null}}]',
  ],
  [
    '$bucket',
    [{ $bucket: { groupBy: '$v', boundaries: [0, 3, 6], default: 'other' } }],
    '[{_id: 0, count: 1}, {_id: 3, count: 2}, {_id: "other", count: 1}]',
  ],
  ['$sortByCount', [{ $sortByCount: '$u' }, { $limit: 1 }], '[{_id: "A", count: 2}]'],
  [
    '$facet',
    [{ $facet: { n: [{ $count: 'n' }], first: [{ $limit: 1 }, { $project: { v: 1 } }] } }],
    '[{n: [{n: 4}], first: [{_id: 1, v: 5}]}]',
  ],
  [
    '$lookup by field',
    [
      { $match: { _id: { $lte: 2 } } },
      { $lookup: { from: 'units', localField: 'u', foreignField: '_id', as: 'unit' } },
      { $project: { n: '$unit.name' } },
    ],
    '[{_id: 1, n: ["Alpha"]}, {_id: 2, n: ["Beta"]}]',
  ],
  [
    '$lookup with let',
    [
      { $match: { _id: 1 } },
      {
        $lookup: {
          from: 'units',
          let: { u: '$u' },
          pipeline: [{ $match: { $expr: { $eq: ['$_id', '$$u'] } } }, { $project: { _id: 0, name: 1 } }],
          as: 'r',
        },
      },
      { $project: { r: 1 } },
    ],
    '[{_id: 1, r: [{name: "Alpha"}]}]',
  ],
  [
    '$lookup with an array in the other field',
    [
      { $match: { _id: 2 } },
      { $lookup: { from: 'units', localField: 'v', foreignField: 'list', as: 'r' } },
      { $project: { n: { $size: '$r' } } },
    ],
    '[{_id: 2, n: 1}]',
  ],
  [
    '$group where n depends on the _id',
    [{ $group: { _id: { u: '$u' }, r: { $firstN: { input: '$_id', n: { $cond: [{ $eq: ['$u', 'A'] }, 2, 1] } } } } }],
    '[{_id: {u: "A"}, r: [1, 3]}, {_id: {u: "B"}, r: [2]}, {_id: {u: null}, r: [4]}]',
  ],
  [
    '$topN of documents that a $lookup gave several times',
    [
      { $lookup: { from: 'units', pipeline: [{ $limit: 1 }], as: 'unit' } },
      { $unwind: '$unit' },
      { $replaceRoot: { newRoot: '$unit' } },
      { $group: { _id: null, r: { $topN: { n: 3, sortBy: { name: 1 }, output: '$_id' } } } },
    ],
    '[{_id: null, r: ["A", "A", "A"]}]',
  ],
  ['an unknown stage', [{ $nope: 1 }], 'error 40324'],
  ['a stage the engine has not', [{ $graphLookup: {} }], 'error 238'],
])('%s', (_, pipeline, expected) => {
  expect(run(...pipeline)).toBe(expected);
});

test('$lookup with $$variables asks the other collection for the equal documents only', () => {
  asked.length = 0;
  run(
    { $match: { _id: 1 } },
    { $lookup: { from: 'units', let: { u: '$u' }, pipeline: [{ $match: { $expr: { $eq: ['$$u', '$_id'] }, name: 'Alpha' } }], as: 'r' } },
  );
  expect(show(asked)).toBe('[{$and: [{name: "Alpha"}, {_id: {$eq: "A"}}]}]');
});

test.each<[string, Plain, string]>([
  ['$avg', '$v', '3.0'],
  ['$min', '$v', '1'],
  ['$max', '$v', '"text"'],
  ['$count', {}, '4'],
  ['$stdDevPop', '$v', 'error 238'],
  ['$median', { input: '$v', method: 'approximate' }, '3.0'],
  ['$percentile', { input: '$v', p: [0.9], method: 'approximate' }, '[5.0]'],
  ['$first', '$v', '5'],
  ['$last', '$sub', 'null'],
  ['$push', '$sub', '[{z: 1}]'],
  ['$addToSet', '$u', '["A", "B", null]'],
  ['$mergeObjects', '$sub', 'error 238'],
  ['$top', { sortBy: { v: 1 }, output: '$_id' }, '2'],
  ['$bottom', { sortBy: { v: 1 }, output: '$_id' }, '4'],
  ['$topN', { n: 2, sortBy: { v: -1 }, output: '$_id' }, '[4, 1]'],
  ['$bottomN', { n: 2, sortBy: { v: -1 }, output: '$_id' }, '[3, 2]'],
  ['$firstN', { input: '$v', n: 2 }, '[5, 1]'],
  ['$lastN', { input: '$sub', n: 2 }, '[{z: 1}, null]'],
  ['$maxN', { input: '$v', n: 2 }, '["text", 5]'],
  ['$minN', { input: '$v', n: { $add: [1, 1] } }, '[1, 3]'],
  ['$accumulator', {}, 'error 238'],
  ['$nope', 1, 'error 15952'],
  ['$sum', ['$v'], 'error 40237'],
])('the accumulator %s of %o gives %s', (name, argument, expected) => {
  expect(run({ $group: { _id: null, r: { [name]: argument } } })).toBe(
    expected.startsWith('error') ? expected : `[{_id: null, r: ${expected}}]`,
  );
});

test.each<[Fields, Fields, string]>([
  [{ a: 1 }, {}, '{_id: 1, a: [1, 5, 9]}'],
  [{ _id: 0, b: 0 }, {}, '{a: [1, 5, 9]}'],
  [{ a: { $slice: -1 } }, {}, '{_id: 1, a: [9], b: {c: 2, d: 3}}'],
  [{ a: { $slice: [1, 1] }, 'b.d': 1 }, {}, '{_id: 1, a: [5], b: {d: 3}}'],
  [{ a: { $elemMatch: { $gt: 2 } } }, {}, '{_id: 1, a: [5]}'],
  [{ 'a.$': 1 }, { a: { $gt: 5 } }, '{_id: 1, a: [9]}'],
  [{ 'a.$': 1 }, {}, 'error 51246'],
  [{ x: { $add: ['$b.c', 1] }, y: '$b.d' }, {}, '{_id: 1, x: 3, y: 3}'],
  [{ 'b.c': 1, b: 1 }, {}, 'error 31250'],
  [{ b: 1, 'b.c': 1 }, {}, 'error 31249'],
  [{ x: { $nope: 1 } }, {}, 'error 31325'],
])('the projection %o with the filter %o gives %s', (projection, filter, expected) => {
  expect(outcome((): Doc => compileProjection(doc(projection), doc(filter))(doc({ _id: 1, a: [1, 5, 9], b: { c: 2, d: 3 } })))).toBe(
    expected,
  );
});

test('arrays sort by their smallest element ascending, by their largest descending', () => {
  const docs = [{ _id: 1, a: [5, 1] }, { _id: 2, a: 3 }, { _id: 3, a: [] }, { _id: 4 }, { _id: 5, a: [{ b: 2 }] }].map(doc);
  const order = (spec: Fields): string => show(sortDocs(docs, doc(spec)).map((one) => one.get('_id') ?? null));
  expect(order({ a: 1 })).toBe('[3, 4, 1, 2, 5]');
  expect(order({ a: -1 })).toBe('[5, 1, 2, 4, 3]');
  expect(order({ 'a.b': -1, _id: -1 })).toBe('[5, 4, 3, 2, 1]');
});

test('a sum keeps its type and loses no cents', () => {
  const of = (...values: Plain[]): string =>
    outcome(() =>
      runPipeline(
        [doc({ $group: { _id: null, s: { $sum: '$v' } } })],
        values.map((v) => doc({ v })),
        now,
        find,
      ),
    );
  expect(of(1, 2n)).toBe('[{_id: null, s: 3L}]');
  expect(of(...Array.from({ length: 10 }, () => 0.1))).toBe('[{_id: null, s: 1.0}]');
  expect(of(9007199254740993n, 1, 0.5)).toBe('[{_id: null, s: 9007199254740994.0}]');
  expect(of(9223372036854775807n, 1n)).toBe('[{_id: null, s: 9223372036854776000.0}]');
  expect(of(9223372036854775807n, 9223372036854775807n, -9223372036854775807n, 1)).toBe('[{_id: null, s: 9223372036854776000.0}]');
  expect(of(9223372036854775807n, 9223372036854775807n, -9223372036854775807n, -2)).toBe('[{_id: null, s: 9223372036854775805L}]');
  expect(of(double(1e20), 1, double(-1e20))).toBe('[{_id: null, s: 1.0}]');
  expect(of(double(Infinity), 1, 0.1)).toBe('[{_id: null, s: Infinity}]');
});
