import { newBytes, putByte, putRaw, putText, take, written } from './bytes.ts';
import { BSONRegExp, Double, Int32, Long, ObjectId, orderOf, Timestamp } from './model.ts';
import type { Doc, Maybe, Value, Binary } from './model.ts';

/**
 * The bytes of an index key: comparing two keys byte by byte gives what comparing the values one after the other gives (`compareValues`, turned round
 * where the direction is -1). Equal numbers of different types have the same bytes.
 */
export function indexKey(values: readonly Maybe[], directions: ReadonlyArray<1 | -1>): Uint8Array {
  out.length = 0;
  for (const [i, value] of values.entries()) {
    const start = out.length;
    put(value);
    if (directions[i] === -1) invert(start);
  }
  return written(out);
}

/** The bytes of a value's key as text, one character each: the same for equal values and only for them. */
export function textKey(value: Maybe): string {
  out.length = 0;
  put(value);
  return out.buffer.toString('latin1', 0, out.length);
}

/** One buffer for all keys: nothing else runs while one is written. */
const out = newBytes(1024);

function put(value: Maybe): void {
  putByte(out, orderOf(value) + 1);
  if (typeof value === 'string') putString(value);
  else if (value instanceof ObjectId) putRaw(out, value.id);
  else if (value instanceof Date) putDate(value.getTime());
  else if (value instanceof Int32 || value instanceof Double) putDouble(value.value, true);
  else if (typeof value === 'boolean') putByte(out, value ? 1 : 0);
  else if (Array.isArray(value)) putList(value);
  else if (value instanceof Map) putDoc(value);
  else if (value !== null && value !== undefined) putRare(value);
}

/** A text so that a shorter one sorts first: zero is written 00 FF, the end 00 00. */
function putString(text: string): void {
  const parts = text.split('\0');
  for (const [i, part] of parts.entries()) {
    putText(out, part);
    putByte(out, i === parts.length - 1 ? 0 : 0xff);
  }
}

function putHalves(high: number, low: number): void {
  const at = take(out, 8);
  out.buffer.writeUInt32BE(high, at);
  out.buffer.writeUInt32BE(low, at + 4);
}

function putDate(ms: number): void {
  const high = Math.floor(ms / 2 ** 32);
  putHalves(high + 2 ** 31, ms - high * 2 ** 32);
}

/**
 * A number begins with the largest double not above it, whose bytes sort as numbers: sign bit turned, negative ones wholly inverted, NaN first.
 * Behind it stands 0 if the double is the number itself.
 */
function putDouble(value: number, isExact: boolean): void {
  if (Number.isNaN(value)) return putHalves(0, 0);
  const at = take(out, 8);
  out.buffer.writeDoubleBE(value + 0, at); // -0 + 0 is 0
  if (value < 0) invert(at);
  else out.buffer[at] = (out.buffer[at] ?? 0) | 0x80;
  if (isExact) putByte(out, 0);
}

/** A long beyond 2^53 may be no double: behind the double below it stand 1 and its decimal digits. */
function putLong(value: Long): void {
  const exact = value.toBigInt();
  const beyond = BigInt(Math.max(0, value.getNumBitsAbs() - 53));
  const floor = (exact >> beyond) << beyond;
  putDouble(Number(floor), floor === exact);
  if (floor === exact) return;
  putByte(out, 1);
  const start = out.length;
  const digits = value.toString().replace('-', '');
  putRaw(out, [32, digits.length]);
  putText(out, digits.replace(/0+$/, ''));
  if (exact < 0n) invert(start);
}

function putList(list: readonly Value[]): void {
  for (const value of list) put(value);
  putByte(out, 0);
}

function putDoc(doc: Doc): void {
  for (const [name, value] of doc) {
    putByte(out, orderOf(value) + 1); // the type counts before the name
    putString(name);
    put(value);
  }
  putByte(out, 0);
}

function putRare(value: Long | Timestamp | Binary | BSONRegExp): void {
  if (value instanceof Timestamp) putHalves(value.high >>> 0, value.low >>> 0);
  else if (value instanceof Long) putLong(value);
  else if (value instanceof BSONRegExp) {
    putString(value.pattern);
    putString(value.options);
  } else {
    const at = take(out, 4);
    out.buffer.writeUInt32BE(value.position, at);
    putByte(out, value.sub_type);
    putRaw(out, value.buffer.subarray(0, value.position));
  }
}

function invert(start: number): void {
  for (let i = start; i < out.length; i++) out.buffer[i] = ~(out.buffer[i] ?? 0);
}
