import { Code, Decimal128, MaxKey, MinKey, serialize } from 'bson';
import { expect, test } from 'vitest';
import { date, doc, double, oid, outcome, regex, show, value } from './testing/notation.ts';
import { Binary, compareValues, decode, encode, equalValues, indexKey, Int32, Long, pathTuples, Timestamp, valueKey } from './values.ts';
import type { Maybe } from './values.ts';

/** Values in MongoDB's order; those in one row are equal to each other. */
const ordered: readonly (readonly Maybe[])[] = [
  [undefined],
  [null],
  [double(NaN)],
  [double(-Infinity)],
  [double(-(2 ** 63) - 2048)],
  [Long.MIN_VALUE, double(-(2 ** 63))],
  [Long.fromString('-9223372036854775807')],
  [Long.fromString('-9223372036854774785')],
  [double(-(2 ** 63) + 1024), Long.fromString('-9223372036854774784')],
  [Long.fromString('-9007199254740993')],
  [double(-(2 ** 53)), Long.fromString('-9007199254740992')],
  [new Int32(-1), double(-1), Long.NEG_ONE],
  [double(-0.1)],
  [double(-5e-324)],
  [new Int32(0), double(0), double(-0), Long.ZERO],
  [double(5e-324)],
  [double(0.1)],
  [new Int32(1), double(1), Long.ONE],
  [double(1.5)],
  [double(2 ** 53), Long.fromString('9007199254740992')],
  [Long.fromString('9007199254740993')],
  [double(2 ** 53 + 2), Long.fromString('9007199254740994')],
  [double(1152921504606846976), Long.fromString('1152921504606846976')],
  [Long.fromString('1152921504606847000')], // the text of the double above is the same
  [Long.fromString('9223372036854774784'), double(2 ** 63 - 1024)],
  [Long.fromString('9223372036854774785')],
  [Long.MAX_VALUE],
  [double(2 ** 63)],
  [double(Infinity)],
  [''],
  ['A'],
  ['a'],
  ['a\0'],
  ['a\0b'],
  ['aa'],
  ['é'],
  ['～'],
  ['😀'],
  [new Map()],
  [value({ b: 1 })],
  [value({ b: 1, c: 1 })],
  [value({ a: 'x' })],
  [value({ b: 'a' })],
  [[]],
  [[null]],
  [[new Int32(1)], [double(1)]],
  [value([1, 0])],
  [value([2])],
  [[[]]],
  [new Binary(Buffer.from('b'))],
  [new Binary(Buffer.from('a'), 5)],
  [new Binary(Buffer.from('ab'))],
  [oid(1)],
  [oid(2)],
  [false],
  [true],
  [date('1969-01-01')],
  [date('2024-01-01')],
  [new Timestamp(5n)],
  [new Timestamp((1n << 63n) + 1n)],
  [regex('a')],
  [regex('a', 'i')],
];

test('comparison, index keys in both directions and group keys agree with one order of all values', () => {
  const all = ordered.flatMap((row, rank) => row.map((one) => ({ one, rank })));
  const wrong: string[] = [];
  for (const a of all) {
    for (const b of all) {
      const want = Math.sign(a.rank - b.rank);
      const got = [
        Math.sign(compareValues(a.one, b.one)),
        Buffer.compare(indexKey([a.one], [1]), indexKey([b.one], [1])),
        -Buffer.compare(indexKey([a.one, null], [-1, 1]), indexKey([b.one, null], [-1, 1])),
      ];
      if (got.some((sign) => sign !== want) || (valueKey(a.one) === valueKey(b.one)) !== (want === 0))
        wrong.push(`${show(a.one)} ? ${show(b.one)}: ${got.join()}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('every type survives being written and read, with its type and the order of its fields', () => {
  const original = doc({
    '10': 1,
    '9': 1.5,
    __proto__x: 'é',
    d: double(3),
    l: 5n,
    list: [1, [null, true]],
    sub: { b: 1, a: date('2024-01-01') },
  });
  for (const [i, one] of ordered.flat().entries()) if (one !== undefined) original.set(`v${i}`, one);
  original.set('__proto__', 'a name like another');
  const read = decode(encode(original));
  expect(show(read)).toBe(show(original));
  expect(equalValues(read, original)).toBe(true);
});

test('bytes are those of the official library', () => {
  const fields = { s: 'é'.repeat(100), n: 1, list: ['a', 2.5], at: new Date(5), none: null, yes: true };
  expect(Buffer.from(encode(decode(serialize(fields)))).equals(Buffer.from(serialize(fields)))).toBe(true);
});

test('only the fields asked for are read', () => {
  const bytes = encode(doc({ a: 1, skip: { x: [1, 'y', 5n] }, r: regex('a', 'i'), b: new Binary(Buffer.from('xy')), c: 2 }));
  expect(show(decode(bytes, new Set(['a', 'c'])))).toBe('{a: 1, c: 2}');
});

test.each([Decimal128.fromString('1'), new Code('f'), new Code('f', { a: 1 }), new MinKey(), new MaxKey()])(
  'a type the engine does not keep is refused by name: %o',
  (unkept) => {
    expect(outcome(() => decode(serialize({ a: [{ b: unkept }] })))).toBe('error 238');
  },
);

test('bytes that are no document are an error, not a guess', () => {
  const bytes = encode(doc({ a: 'text', b: [1] }));
  for (let length = 0; length < bytes.length; length++) expect(outcome(() => decode(bytes.subarray(0, length)))).toBe('error 22');
  const oddFlag = Buffer.from(serialize({ r: /a/i }));
  oddFlag[oddFlag.lastIndexOf('i')] = 'q'.charCodeAt(0);
  expect(outcome(() => decode(oddFlag))).toBe('error 22');
});

test('an index on a path holds every element of an array, null for nothing and "empty" for an empty array', () => {
  const keys = (fields: Parameters<typeof doc>[0], path: string): string =>
    pathTuples(doc(fields), [path.split('.')])
      .flat()
      .map(show)
      .join();
  expect(keys({ a: [1, 2] }, 'a')).toBe('1,2');
  expect(keys({ a: [] }, 'a')).toBe('missing');
  expect(keys({}, 'a')).toBe('null');
  expect(keys({ a: [{ b: 1 }, { b: [2, 3] }, 5] }, 'a.b')).toBe('1,2,3,null');
  expect(keys({ a: [{ b: 1 }, { b: 2 }] }, 'a.1.b')).toBe('2');
});

test('a compound index has one key per element, and none for two arrays side by side', () => {
  const tuples = (fields: Parameters<typeof doc>[0], ...paths: string[]): string =>
    outcome(() =>
      pathTuples(
        doc(fields),
        paths.map((path) => path.split('.')),
      ).map((tuple) => tuple.map((one) => one ?? null)),
    );
  expect(tuples({ a: [{ x: 1, y: 2 }, { x: 3 }], b: 'k' }, 'a.x', 'a.y', 'b')).toBe('[[1, 2, "k"], [3, null, "k"]]');
  expect(tuples({ a: [1], b: [2] }, 'a', 'b')).toBe('error 171');
});
