import { expect, test } from 'vitest';
import { filterBounds, type Bound } from './bounds.ts';
import { compileFilter, compilePosition } from './matcher.ts';
import { compileRegex } from './regex.ts';
import { date, doc, double, oid, outcome, regex, show } from './testing/notation.ts';
import type { Plain } from './testing/notation.ts';
import { compareValues, orderOf, pathTuples } from './values.ts';
import type { Maybe } from './values.ts';

type Fields = { readonly [name: string]: Plain };

const docs = [
  { _id: 1, a: 1 },
  { _id: 2, a: 5n },
  { _id: 3, a: 2.5 },
  { _id: 4, a: 'text\nline' },
  { _id: 5, a: null },
  { _id: 6 },
  { _id: 7, a: [1, 5, 'x'] },
  { _id: 8, a: [{ b: 1, c: 2 }, { b: 3 }] },
  { _id: 9, a: { b: 1, c: 2 } },
  { _id: 10, a: [] },
  { _id: 11, a: [[1, 2], null] },
  { _id: 12, a: double(NaN) },
  { _id: 13, a: date('2024-01-01') },
].map(doc);

function found(filter: Fields): string {
  return outcome(() => {
    const matches = compileFilter(doc(filter));
    return docs.filter(matches).map((one) => one.get('_id') ?? null);
  });
}

test.each<[Fields, string]>([
  [{ a: 1 }, '[1, 7]'],
  [{ a: { $eq: double(5) } }, '[2, 7]'],
  [{ a: null }, '[5, 6, 11]'],
  [{ a: { $ne: null } }, '[1, 2, 3, 4, 7, 8, 9, 10, 12, 13]'],
  [{ a: { $gt: 2 } }, '[2, 3, 7]'],
  [{ a: { $gte: 1, $lt: 2 } }, '[1, 7]'],
  [{ a: { $lte: double(NaN) } }, '[12]'],
  [{ a: { $gte: null } }, '[5, 6, 11]'],
  [{ a: { $gte: date('2023-01-01') } }, '[13]'],
  [{ a: { $in: [5, 'x', null] } }, '[2, 5, 6, 7, 11]'],
  [{ a: { $nin: [1, null] } }, '[2, 3, 4, 8, 9, 10, 12, 13]'],
  [{ a: { $in: [regex('^text')] } }, '[4]'],
  [{ a: { $exists: false } }, '[6]'],
  [{ a: { $type: ['null', 'number'] } }, '[1, 2, 3, 5, 7, 11, 12]'],
  [{ a: { $type: 'array' } }, '[7, 8, 10, 11]'],
  [{ a: { $regex: '^LINE$', $options: 'im' } }, '[4]'],
  [{ a: regex('t.l', 's') }, '[4]'],
  [{ a: { $not: { $gt: 0 } } }, '[4, 5, 6, 8, 9, 10, 11, 12, 13]'],
  [{ a: { $mod: [2, 1] } }, 'error 238'],
  [{ a: { $size: 2 } }, '[8, 11]'],
  [{ a: { $all: [1, 5] } }, '[7]'],
  [{ a: { $all: [{ $elemMatch: { b: 1 } }, { $elemMatch: { b: 3 } }] } }, '[8]'],
  [{ a: { $elemMatch: { b: 1, c: 2 } } }, '[8]'],
  [{ a: { $elemMatch: { $gt: 1, $lt: 9 } } }, '[7]'],
  [{ a: { $elemMatch: { $ne: 1, $not: { $type: 'string' } } } }, '[7, 8, 11]'],
  [{ a: [1, 2] }, '[11]'],
  [{ 'a.b': 1 }, '[8, 9]'],
  [{ 'a.c': null }, '[1, 2, 3, 4, 5, 6, 8, 12, 13]'],
  [{ 'a.0': 1 }, '[7]'],
  [{ 'a.0.b': 1 }, '[8]'],
  [{ $and: [{ a: 1 }, { a: 5 }] }, '[7]'],
  [{ $or: [{ _id: 1 }, { _id: 2 }] }, '[1, 2]'],
  [{ $nor: [{ _id: { $gt: 1 } }] }, '[1]'],
  [{ $expr: { $eq: ['$a', 5] } }, '[2]'],
  [{ $comment: 'why', _id: 6 }, '[6]'],
  [{ a: { $near: [1, 2] } }, 'error 238'],
  [{ $where: 'true' }, 'error 238'],
  [{ a: { $gt: 1, b: 2 } }, 'error 2'],
  [{ $or: [] }, 'error 2'],
  [{ a: { $in: 5 } }, 'error 2'],
  [{ a: { $not: 5 } }, 'error 2'],
  [{ a: { $regex: '(' } }, 'error 51091'],
  [{ a: { $regex: 'a', $options: 'g' } }, 'error 51108'],
  [{ a: { $size: -1 } }, 'error 2'],
])('the filter %o finds %s', (filter, expected) => {
  expect(found(filter)).toBe(expected);
});

test.each([
  ['a\\-b\\"c', '', 'a-b"c', true],
  ['^a$', '', 'a\n', true],
  ['^a$', '', 'a\nb', false],
  ['a.b', '', 'a\rb', true],
  ['[]a]{2}', '', ']a', true],
  ['a {1,2} # two', 'x', 'aa', true],
  ['{x}', '', '{x}', true],
  ['(?i)ÉT', '', 'ét', true],
  ['^\\s$', '', '\u00a0', false],
  ['[\\s\\d]+$', '', ' 1', true],
])('the pattern /%s/%s on %j: %s', (pattern, options, text, expected) => {
  expect(compileRegex(pattern, options).test(text)).toBe(expected);
});

test.each(['\\Aa', 'a++', '(?>a)', '[[:alpha:]]', '(?P<n>a)', '\\x{41}', '\\h'])(
  'the pattern %s, which JavaScript reads otherwise, is refused',
  (pattern) => {
    expect(outcome(() => [compileRegex(pattern, '').source])).toBe('error 238');
  },
);

test.each<[Fields, Fields, number | undefined]>([
  [{ a: { $gt: 4 } }, { a: [1, 5, 7] }, 1],
  [{ a: { $elemMatch: { x: 1, y: 2 } } }, { a: [{ x: 1 }, { x: 1, y: 2 }] }, 1],
  [{ 'a.x': 2 }, { a: [{ x: 1 }, { x: 2 }] }, 1],
  [{ b: 1, $and: [{ a: 3 }] }, { a: [3], b: 1 }, 0],
  [{ b: 1 }, { a: [3], b: 1 }, undefined],
])('the positional element of %o', (filter, one, index) => {
  expect(compilePosition(doc(filter))(doc(one))).toBe(index);
});

test.each<[Fields, string]>([
  [{ a: 1, $and: [{ b: { $gt: 2, $lte: 5 } }] }, 'a in 1; b from 2 (open); b to 5'],
  [{ a: { $in: [1, null] }, b: null }, 'a in 1, null; b in null'],
  [{ a: { $elemMatch: { x: 1 } }, b: { $elemMatch: { $gte: 1 } } }, 'a.x in 1; b from 1'],
  [{ a: regex('^ab\\.c*') }, 'a from "ab."; a to "ab/" (open)'],
  [{ a: regex('^ab', 'i'), b: regex('a|^b'), c: [1], d: { $ne: 1 }, e: { $gt: null }, f: { $in: [[1]] } }, ''],
  [{ a: { $all: ['x', 'y'] }, $or: [{ a: 1 }] }, 'a in "x"; a in "y"'],
  [{ a: oid(1) }, 'a in oid(1)'],
])('a planner may look up %o as %s', (filter, expected) => {
  const shown = filterBounds(doc(filter)).map(
    ({ path, side, values, open }) => `${path} ${side} ${values.map(show).join(', ')}${open ? ' (open)' : ''}`,
  );
  expect(shown.join('; ')).toBe(expected);
});

/** A small generator of numbers that repeats itself (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    const last = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((last ^ (last >>> 14)) >>> 0) % below;
  };
}

test('no index hides a document: whatever a filter matches lies within every bound the planner is given', () => {
  const random = randomFrom(7);
  const scalars: readonly Plain[] = [1, 2, double(2), 3n, 2.5, 'a', 'ab', 'abc', 'b', null, true, date('2024-01-01'), oid(1), double(NaN)];
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T; // the lists are not empty
  const scalar = (): Plain => pick(scalars);
  const field = (depth: number): Plain => {
    const kind = random(depth > 2 ? 3 : 6);
    if (kind < 3) return scalar();
    if (kind === 3) return Array.from({ length: random(3) }, () => field(depth + 1));
    return Object.fromEntries(['a', 'b'].filter(() => random(3) > 0).map((name) => [name, field(depth + 1)]));
  };
  const condition = (): Plain => {
    const operator = pick(['', '$eq', '$gt', '$gte', '$lt', '$lte', '$in', '$all', '$elemMatch', '$regex']);
    if (operator === '') return pick([scalar(), regex('^ab'), field(2)]);
    if (operator === '$in' || operator === '$all') return { [operator]: [scalar(), scalar()] };
    if (operator === '$elemMatch') return pick<Plain>([{ $elemMatch: { b: scalar() } }, { $elemMatch: { $gte: scalar() } }]);
    return { [operator]: operator === '$regex' ? pick(['^a', '^ab?', '^abc', 'b']) : scalar() };
  };
  let matched = 0;
  for (let round = 0; round < 20_000; round++) {
    const one = doc({ a: field(0), b: field(0) });
    const filter = doc({ [pick(['a', 'b', 'a.b', 'a.a'])]: condition(), ...(random(3) === 0 && { 'b.a': condition() }) });
    if (!compileFilter(filter)(one)) continue;
    matched++;
    for (const { path, ...bound } of filterBounds(filter)) {
      const inside = pathTuples(one, [path.split('.')]).some(([key]) => within(key, bound));
      expect(inside, `${show(filter)} on ${show(one)}: ${path}`).toBe(true);
    }
  }
  expect(matched).toBeGreaterThan(300);
});

/** Whether a planner that trusts the bound would find this key. Null also stands for what is missing. */
function within(key: Maybe, { side, values, open }: Omit<Bound, 'path'>): boolean {
  return values.some((value) => {
    const order = compareValues(key, value);
    if (side === 'in') return order === 0;
    const isBeyond = side === 'from' ? order > 0 : order < 0;
    return orderOf(key) === orderOf(value) && (isBeyond || (order === 0 && !open));
  });
}
