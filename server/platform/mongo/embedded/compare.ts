import { compareExact, normalize, toExact } from './decimal.ts';
import { Binary, BSONRegExp, Code, Decimal128, Double, Int32, Long, ObjectId, order, orderOf, Timestamp } from './model.ts';
import type { Doc, Maybe, NumberValue, Value } from './model.ts';

/** Compares two values in BSON order: first the type, then the value; missing is below null. Exact between int, long, double and decimal. */
export function compareValues(a: Maybe, b: Maybe): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (a instanceof Int32 && b instanceof Int32) return a.value - b.value;
  const type = orderOf(a);
  const difference = type - orderOf(b);
  return difference === 0 ? compareSame(type, a, b) : difference;
}

/** Equality as a filter sees it: numbers by value, documents with their order of fields. */
export function equalValues(a: Maybe, b: Maybe): boolean {
  if (a === b) return true;
  if (typeof a === 'string' || typeof b === 'string') return false;
  return compareValues(a, b) === 0;
}

/** Compares two strings by their UTF-8 bytes (JavaScript compares UTF-16 units, which differs above U+FFFF). */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return lift(x) - lift(y);
  }
  return a.length - b.length;
}

/** Halves of a surrogate pair stand for code points above U+FFFF: lifts them above U+E000 to U+FFFF. */
function lift(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Compares numbers of any types by their exact values; NaN is below all others. */
export function compareNumbers(a: NumberValue, b: NumberValue): number {
  if (a instanceof Decimal128 || b instanceof Decimal128) return compareExact(toExact(a), toExact(b));
  if (a instanceof Long) return b instanceof Long ? a.compare(b) : compareLong(a, b.value);
  return b instanceof Long ? -compareLong(b, a.value) : compareFloats(a.value, b.value);
}

function compareLong(a: Long, b: number): number {
  const difference = compareFloats(a.toNumber(), b);
  return difference === 0 ? compareBig(a.toBigInt(), BigInt(b)) : difference;
}

function compareFloats(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
}

type Compare = (a: Value, b: Value) => number;

const comparers: ReadonlyMap<number, Compare> = new Map<number, Compare>([
  [order.number, (a, b) => compareNumbers(a as NumberValue, b as NumberValue)],
  [order.string, (a, b) => compareStrings(a as string, b as string)],
  [order.object, (a, b) => compareDocs(a as Doc, b as Doc)],
  [order.array, (a, b) => compareArrays(a as Value[], b as Value[])],
  [order.binary, (a, b) => compareBinaries(a as Binary, b as Binary)],
  [order.objectId, (a, b) => Buffer.compare((a as ObjectId).id, (b as ObjectId).id)],
  [order.boolean, (a, b) => Number(a) - Number(b)],
  [order.date, (a, b) => (a as Date).getTime() - (b as Date).getTime()],
  [order.timestamp, (a, b) => compareBig((a as Timestamp).toBigInt(), (b as Timestamp).toBigInt())],
  [order.regex, (a, b) => compareRegexes(a as BSONRegExp, b as BSONRegExp)],
  [order.code, (a, b) => compareStrings((a as Code).code, (b as Code).code)],
]);

/** Two values of one type. The assertions above hold because `orderOf` chose the entry. */
function compareSame(type: number, a: Maybe, b: Maybe): number {
  const compare = comparers.get(type);
  return compare === undefined || a === undefined || b === undefined ? 0 : compare(a, b);
}

const compareBig = (a: bigint, b: bigint): number => Number(a > b) - Number(a < b);

function compareDocs(a: Doc, b: Doc): number {
  const left = a.entries();
  const right = b.entries();
  for (;;) {
    const x = left.next();
    const y = right.next();
    if (x.done || y.done) return Number(Boolean(y.done)) - Number(Boolean(x.done));
    const difference =
      orderOf(x.value[1]) - orderOf(y.value[1]) || compareStrings(x.value[0], y.value[0]) || compareValues(x.value[1], y.value[1]);
    if (difference !== 0) return difference;
  }
}

function compareArrays(a: readonly Value[], b: readonly Value[]): number {
  for (const [i, value] of a.entries()) {
    if (i >= b.length) return 1;
    const difference = compareValues(value, b[i]);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareBinaries(a: Binary, b: Binary): number {
  return (
    a.position - b.position || a.sub_type - b.sub_type || Buffer.compare(a.buffer.subarray(0, a.position), b.buffer.subarray(0, b.position))
  );
}

function compareRegexes(a: BSONRegExp, b: BSONRegExp): number {
  return compareStrings(a.pattern, b.pattern) || compareStrings(a.options, b.options);
}

/** A string that is the same for equal values and only for them: the key of a group, of a set, of distinct. */
export function valueKey(value: Maybe): string {
  if (typeof value === 'string') return `s${value.length}:${value}`;
  if (value === null) return 'z';
  if (value instanceof Int32) return `n${value.value}`;
  if (value instanceof Double) return value.value === 0 ? 'n0' : `n${value.value}`;
  if (value instanceof Date) return `D${value.getTime()}`;
  if (value instanceof ObjectId) return `o${value.toHexString()}`;
  if (typeof value === 'boolean') return value ? 't' : 'f';
  return value === undefined ? 'u' : rareKey(value);
}

function rareKey(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(valueKey).join()}]`;
  if (value instanceof Map) return `{${[...value].map(([name, inner]) => `${name.length}:${name}${valueKey(inner)}`).join()}}`;
  if (value instanceof Timestamp) return `T${value.toBigInt()}`;
  if (value instanceof Long || value instanceof Decimal128) return numberKey(value);
  if (value instanceof Binary) return `b${value.sub_type}:${value.toString('hex')};`;
  if (value instanceof BSONRegExp) return `r${value.pattern.length}:${value.pattern}/${value.options};`;
  return value instanceof Code ? `c${value.code.length}:${value.code}` : `x${orderOf(value)}`;
}

/** The key of the double of the same value where there is one, else the exact digits. */
function numberKey(value: Long | Decimal128): string {
  const exact = toExact(value);
  if (exact.special !== undefined) return `n${exact.special}`;
  const double = new Double(Number(value.toString()));
  if (compareNumbers(double, value) === 0) return valueKey(double);
  const { coefficient, exponent } = normalize(exact);
  return `d${coefficient}e${exponent}`;
}
