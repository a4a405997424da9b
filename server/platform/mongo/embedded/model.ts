import { Binary, BSONRegExp, Double, Int32, Long, ObjectId, Timestamp } from 'bson';

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

const kinds: ReadonlyMap<unknown, Kind> = new Map<unknown, Kind>([
  [undefined, { name: 'missing', code: 0, order: 2 }],
  [null, { name: 'null', code: 10, order: 5 }],
  [Double, { name: 'double', code: 1, order: 10 }],
  [Int32, { name: 'int', code: 16, order: 10 }],
  [Long, { name: 'long', code: 18, order: 10 }],
  [String, { name: 'string', code: 2, order: 15 }],
  [Map, { name: 'object', code: 3, order: 20 }],
  [Array, { name: 'array', code: 4, order: 25 }],
  [Binary, { name: 'binData', code: 5, order: 30 }],
  [ObjectId, { name: 'objectId', code: 7, order: 35 }],
  [Boolean, { name: 'bool', code: 8, order: 40 }],
  [Date, { name: 'date', code: 9, order: 45 }],
  [Timestamp, { name: 'timestamp', code: 17, order: 47 }],
  [BSONRegExp, { name: 'regex', code: 11, order: 50 }],
]);

function kindOf(value: Maybe): Kind {
  const found = kinds.get(value?.constructor ?? value);
  if (found === undefined) throw new TypeError(`BSON type ${value?.constructor.name} is not supported by the embedded database`); // from a foreign copy
  return found;
}

/** The place of a value's type in the sort order. */
export const orderOf = (value: Maybe): number => kindOf(value).order;

/** The number BSON gives the value's type (`$type: 2`). */
export const typeNumber = (value: Value): number => kindOf(value).code;

/** The name of the value's type (`$type: "string"`); "missing" for an absent one. */
export const typeName = (value: Maybe): string => kindOf(value).name;

/** Types the engine does not keep. A filter may name them, and finds nothing. */
const unkept = { undefined: 6, dbPointer: 12, javascript: 13, symbol: 14, javascriptWithScope: 15, decimal: 19, minKey: -1, maxKey: 127 };

/** Names of all BSON types by their numbers. */
export const typeNames: ReadonlyMap<number, string> = new Map([
  ...Array.from(kinds.values(), ({ name, code }) => [code, name] as const).slice(1),
  ...Object.entries(unkept).map(([name, code]) => [code, name] as const),
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

/** A document of fields with names of ours (not such as "1"). Plain numbers become ints or longs; what is undefined stays away. */
export function newDoc(fields: Readonly<Record<string, Maybe | number>>): Doc {
  const doc: Doc = new Map();
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined) doc.set(name, typeof value === 'number' ? intOrLong(value) : value);
  return doc;
}

/** The entry of a table by a name from outside: `constructor`, and what else every object has, is none. */
export function entryOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
