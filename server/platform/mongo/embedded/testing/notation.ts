import { Binary, BSONRegExp, Double, Int32, isDoc, Long, ObjectId, Timestamp } from '../values.ts';
import type { Doc, Maybe, Value } from '../values.ts';
import { CommandError } from '../errors.ts';

/** Values as tests write them: 1 is an int, 1.5 a double, 1n a long; `double` and `oid` make the others. */
export type Plain = Value | number | bigint | undefined | readonly Plain[] | { readonly [name: string]: Plain };

export const double = (n: number): Double => new Double(n);
export const oid = (n: number): ObjectId => new ObjectId(n.toString(16).padStart(24, '0'));
export const date = (text: string): Date => new Date(text);
export const regex = (pattern: string, options = ''): BSONRegExp => new BSONRegExp(pattern, options);

export function value(plain: Plain): Value {
  if (typeof plain === 'number') return Number.isInteger(plain) ? new Int32(plain) : new Double(plain);
  if (typeof plain === 'bigint') return Long.fromBigInt(plain);
  if (Array.isArray(plain)) return plain.map(value);
  if (plain === null || typeof plain !== 'object') return plain ?? null;
  if (Object.getPrototypeOf(plain) !== Object.prototype) return plain as Value; // what is no plain object is a value already
  return new Map(Object.entries(plain as { readonly [name: string]: Plain }).map(([name, inner]) => [name, value(inner)]));
}

export function doc(plain: { readonly [name: string]: Plain }): Doc {
  const result = value(plain);
  return isDoc(result) ? result : new Map<string, Value>();
}

/** A value in one line that shows its types: 1, 1.0, 1L, "a", {a: 1}. */
export function show(shown: Maybe): string {
  if (shown === undefined) return 'missing';
  if (shown === null || typeof shown === 'boolean') return String(shown);
  if (typeof shown === 'string') return JSON.stringify(shown);
  if (Array.isArray(shown)) return `[${shown.map(show).join(', ')}]`;
  if (shown instanceof Map) return `{${[...shown].map(([name, inner]) => `${name}: ${show(inner)}`).join(', ')}}`;
  return showScalar(shown);
}

type Scalar = Exclude<Value, Doc | Value[] | string | boolean | null>;

function showScalar(shown: Scalar): string {
  if (shown instanceof Int32) return String(shown.value);
  if (shown instanceof Double)
    return Number.isInteger(shown.value) ? `${Object.is(shown.value, -0) ? '-0' : shown.value}.0` : String(shown.value);
  if (shown instanceof Date) return shown.toISOString();
  if (shown instanceof ObjectId) return `oid(${parseInt(shown.toHexString(), 16)})`;
  if (shown instanceof Timestamp) return `timestamp(${shown.toBigInt()})`;
  return showRare(shown);
}

function showRare(shown: Scalar): string {
  if (shown instanceof Long) return `${shown.toBigInt()}L`;
  if (shown instanceof BSONRegExp) return `/${shown.pattern}/${shown.options}`;
  if (shown instanceof Binary) return `binary(${shown.toString('hex')})`;
  return shown.constructor.name;
}

/** What `work` gives, shown; or "error" and the code. */
export function outcome(work: () => Maybe | Iterable<Doc>): string {
  try {
    const result = work();
    const isRows =
      typeof result === 'object' && result !== null && !(result instanceof Map) && !Array.isArray(result) && Symbol.iterator in result;
    return isRows ? show([...result]) : show(result);
  } catch (error) {
    if (error instanceof CommandError) return `error ${error.code}`;
    throw error;
  }
}
