import { indexKey, textKey } from './keys.ts';
import { Double, Int32, isNumber, Long, ObjectId, orderOf, toNumber } from './model.ts';
import type { Maybe, NumberValue } from './model.ts';
import { toBigInt } from './numbers.ts';

/** Compares two values in BSON order: first the type, then the value; missing is below null. Exact between int, long and double. */
export function compareValues(a: Maybe, b: Maybe): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (a instanceof Int32 && b instanceof Int32) return a.value - b.value;
  return orderOf(a) - orderOf(b) || compareSame(a, b);
}

/** Two values of one type. Those that seldom stand in a comparison go by the bytes of their keys. */
function compareSame(a: Maybe, b: Maybe): number {
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  if (a instanceof ObjectId && b instanceof ObjectId) return Buffer.compare(a.id, b.id);
  if (typeof a === 'boolean') return Number(a) - Number(b);
  return Buffer.compare(indexKey([a], [1]), indexKey([b], [1]));
}

/** Equality as a filter sees it: numbers by value, documents with their order of fields. */
export function equalValues(a: Maybe, b: Maybe): boolean {
  if (a === b) return true;
  if (typeof a === 'string' || typeof b === 'string') return false;
  return compareValues(a, b) === 0;
}

/** Compares two strings by their UTF-8 bytes, which is by code points (JavaScript compares UTF-16 units, which differs above U+FFFF). */
function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) return (a.codePointAt(i) ?? 0) - (b.codePointAt(i) ?? 0);
  return a.length - b.length;
}

/** Compares numbers of any types by their exact values; NaN is below all others. */
function compareNumbers(a: NumberValue, b: NumberValue): number {
  const [x, y] = [toNumber(a), toNumber(b)];
  if (x === y && (a instanceof Long || b instanceof Long)) return Number(toBigInt(a) - toBigInt(b));
  return Number(x > y) - Number(x < y) || Number(Number.isNaN(y)) - Number(Number.isNaN(x));
}

/** A string that is the same for equal values and only for them: the key of a group, of a set, of distinct. */
export function valueKey(value: Maybe): string {
  if (typeof value === 'string') return `s${value}`;
  if (value === null) return 'z';
  if (value === undefined) return 'u';
  if (value instanceof Int32 || value instanceof Double) return `n${value.value + 0}`; // -0 + 0 is 0
  if (value instanceof Date) return `D${value.getTime()}`;
  if (value instanceof ObjectId) return `o${value.toHexString()}`;
  const near = value instanceof Long ? new Double(value.toNumber()) : undefined;
  return near !== undefined && equalValues(near, value) ? valueKey(near) : textKey(value);
}
