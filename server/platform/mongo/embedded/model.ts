import { Binary, BSONRegExp, Code, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';

/** A document. A Map keeps the order of its fields even for names like "1", and takes `__proto__` as an ordinary name. */
export type Doc = Map<string, Value>;

export type NumberValue = Int32 | Double | Long | Decimal128;

/** A BSON value. Numbers stay wrapped, so that int, long, double and decimal remain what they were. */
export type Value =
  Doc | Value[] | string | boolean | null | NumberValue | ObjectId | Date | Binary | BSONRegExp | Timestamp | MinKey | MaxKey | Code;

/** A value that may be missing (absent fields, an empty array in an index key). It sorts below null. */
export type Maybe = Value | undefined;

export { Binary, BSONRegExp, Code, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp };

/** Order of the types in a sort, as MongoDB has it; also the first byte of an index key (plus one). */
export const order = {
  minKey: 1,
  missing: 2,
  null: 5,
  number: 10,
  string: 15,
  object: 20,
  array: 25,
  binary: 30,
  objectId: 35,
  boolean: 40,
  date: 45,
  timestamp: 47,
  regex: 50,
  code: 60,
  maxKey: 127,
} as const;

/** The place of a value's type in the sort order. */
export function orderOf(value: Maybe): number {
  if (typeof value === 'string') return order.string;
  if (typeof value === 'boolean') return order.boolean;
  if (value === null) return order.null;
  if (value === undefined) return order.missing;
  return isNumber(value) ? order.number : (types.get(value.constructor)?.order ?? order.maxKey);
}

/** The number BSON gives the value's type (`$type: 2`). */
export function typeNumber(value: Value): number {
  if (typeof value === 'string') return 2;
  if (typeof value === 'boolean') return 8;
  return value === null ? 10 : (types.get(value.constructor)?.code ?? 0);
}

/** The name of the value's type (`$type: "string"`); "missing" for an absent one. */
export function typeName(value: Maybe): string {
  return value === undefined ? 'missing' : (typeNames.get(typeNumber(value)) ?? 'unknown');
}

/** Names of the BSON types by their numbers. */
export const typeNames: ReadonlyMap<number, string> = new Map([
  [1, 'double'],
  [2, 'string'],
  [3, 'object'],
  [4, 'array'],
  [5, 'binData'],
  [6, 'undefined'],
  [7, 'objectId'],
  [8, 'bool'],
  [9, 'date'],
  [10, 'null'],
  [11, 'regex'],
  [12, 'dbPointer'],
  [13, 'javascript'],
  [14, 'symbol'],
  [15, 'javascriptWithScope'],
  [16, 'int'],
  [17, 'timestamp'],
  [18, 'long'],
  [19, 'decimal'],
  [-1, 'minKey'],
  [127, 'maxKey'],
]);

const types: ReadonlyMap<unknown, { order: number; code: number }> = new Map<unknown, { order: number; code: number }>([
  [Int32, { order: order.number, code: 16 }],
  [Double, { order: order.number, code: 1 }],
  [Long, { order: order.number, code: 18 }],
  [Decimal128, { order: order.number, code: 19 }],
  [Map, { order: order.object, code: 3 }],
  [Array, { order: order.array, code: 4 }],
  [Binary, { order: order.binary, code: 5 }],
  [ObjectId, { order: order.objectId, code: 7 }],
  [Date, { order: order.date, code: 9 }],
  [BSONRegExp, { order: order.regex, code: 11 }],
  [Code, { order: order.code, code: 13 }],
  [Timestamp, { order: order.timestamp, code: 17 }],
  [MinKey, { order: order.minKey, code: -1 }],
  [MaxKey, { order: order.maxKey, code: 127 }],
]);

/** Whether the value is an int, a long, a double or a decimal. (A Timestamp is a Long for JavaScript, but no number.) */
export function isNumber(value: Maybe): value is NumberValue {
  if (value instanceof Int32 || value instanceof Double || value instanceof Decimal128) return true;
  return value instanceof Long && value.constructor === Long;
}

export function isDoc(value: Maybe): value is Doc {
  return value instanceof Map;
}

/** The nearest JavaScript number. */
export function toNumber(value: NumberValue): number {
  if (value instanceof Int32 || value instanceof Double) return value.value;
  return value instanceof Long ? value.toNumber() : Number(value.toString());
}

/** The value as a JavaScript integer if it is a number without a fraction, within 2^53; else undefined. */
export function toInteger(value: Maybe): number | undefined {
  if (!isNumber(value)) return undefined;
  const n = toNumber(value);
  return Number.isSafeInteger(n) ? n : undefined;
}

/** MongoDB's truth: everything but false, null, missing and zero. */
export function truthy(value: Maybe): boolean {
  if (typeof value === 'boolean') return value;
  if (value === null || value === undefined) return false;
  return !isNumber(value) || toNumber(value) !== 0;
}

/** Int32 where the integer fits, else Long. */
export function intOrLong(n: number | bigint): Int32 | Long {
  return n >= -2147483648 && n <= 2147483647 ? new Int32(Number(n)) : Long.fromBigInt(BigInt(n));
}
