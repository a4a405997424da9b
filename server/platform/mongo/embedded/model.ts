import { Binary, BSONRegExp, Double, Int32, Long, ObjectId, Timestamp } from 'bson';
import { refuse } from './errors.ts';

/** A document. A Map keeps the order of its fields even for names like "1", and takes `__proto__` as an ordinary name. */
export type Doc = Map<string, Value>;

export type NumberValue = Int32 | Double | Long;

/** A BSON value. Numbers stay wrapped, so that int, long and double remain what they were. */
export type Value = Doc | Value[] | string | boolean | null | NumberValue | ObjectId | Date | Binary | BSONRegExp | Timestamp;

/** A value that may be missing (absent fields, an empty array in an index key). It sorts below null. */
export type Maybe = Value | undefined;

export { Binary, BSONRegExp, Double, Int32, Long, ObjectId, Timestamp };

interface Kind {
  /** The name of the type (`$type: "string"`). */
  readonly name: string;
  /** Its number in BSON (`$type: 2`). */
  readonly code: number;
  /** Its place in a sort, as MongoDB has it; also the first byte of an index key (plus one). */
  readonly order: number;
}

const kind = (name: string, code: number, order: number): Kind => ({ name, code, order });
const [text, nothing, flag, missing] = [kind('string', 2, 15), kind('null', 10, 5), kind('bool', 8, 40), kind('missing', 0, 2)];

const kinds: ReadonlyMap<unknown, Kind> = new Map<unknown, Kind>([
  [Double, kind('double', 1, 10)],
  [Int32, kind('int', 16, 10)],
  [Long, kind('long', 18, 10)],
  [Map, kind('object', 3, 20)],
  [Array, kind('array', 4, 25)],
  [Binary, kind('binData', 5, 30)],
  [ObjectId, kind('objectId', 7, 35)],
  [Date, kind('date', 9, 45)],
  [Timestamp, kind('timestamp', 17, 47)],
  [BSONRegExp, kind('regex', 11, 50)],
]);

function kindOf(value: Maybe): Kind {
  if (typeof value === 'string') return text;
  if (typeof value === 'boolean') return flag;
  if (value === null) return nothing;
  if (value === undefined) return missing;
  const found = kinds.get(value.constructor);
  if (found === undefined) throw refuse(`BSON type ${value.constructor.name}`); // from a copy of another database
  return found;
}

/** The place of a value's type in the sort order. */
export const orderOf = (value: Maybe): number => kindOf(value).order;

/** The number BSON gives the value's type (`$type: 2`). */
export const typeNumber = (value: Value): number => kindOf(value).code;

/** The name of the value's type (`$type: "string"`); "missing" for an absent one. */
export const typeName = (value: Maybe): string => kindOf(value).name;

/** Names of all BSON types by their numbers: also of those the engine does not keep, which a filter may name. */
export const typeNames: ReadonlyMap<number, string> = new Map([
  ...[text, nothing, flag, ...kinds.values()].map(({ name, code }) => [code, name] as const),
  [6, 'undefined'],
  [12, 'dbPointer'],
  [13, 'javascript'],
  [14, 'symbol'],
  [15, 'javascriptWithScope'],
  [19, 'decimal'],
  [-1, 'minKey'],
  [127, 'maxKey'],
]);

/** Whether the value is an int, a long or a double. (A Timestamp is a Long for JavaScript, but no number.) */
export function isNumber(value: Maybe): value is NumberValue {
  return value instanceof Int32 || value instanceof Double || (value instanceof Long && value.constructor === Long);
}

export function isDoc(value: Maybe): value is Doc {
  return value instanceof Map;
}

/** The nearest JavaScript number. */
export function toNumber(value: NumberValue): number {
  return value instanceof Long ? value.toNumber() : value.value;
}

/** The value as a JavaScript integer if it is a number without a fraction, within 2^53; else undefined. */
export function toInteger(value: Maybe): number | undefined {
  const n = isNumber(value) ? toNumber(value) : undefined;
  return Number.isSafeInteger(n) ? n : undefined;
}

/** MongoDB's truth: everything but false, null, missing and zero. */
export function truthy(value: Maybe): boolean {
  if (isNumber(value)) return toNumber(value) !== 0;
  return value !== false && value !== null && value !== undefined;
}

/** Int32 where the integer fits, else Long. */
export function intOrLong(n: number | bigint): Int32 | Long {
  return n >= -2147483648 && n <= 2147483647 ? new Int32(Number(n)) : Long.fromBigInt(BigInt(n));
}
