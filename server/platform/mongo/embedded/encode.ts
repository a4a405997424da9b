import { newBytes, putByte, putRaw, putText, take, written } from './bytes.ts';
import { maxDepth } from './decode.ts';
import { badValue, CommandError, refuse } from './errors.ts';
import { Binary, BSONRegExp, Double, Int32, Long, ObjectId, Timestamp } from './model.ts';
import type { Value } from './model.ts';

/** What can be written: values, and documents that are BSON already, as their bytes. */
export type Writable = Value | Uint8Array | Writable[] | Map<string, Writable>;

/**
 * Writes a document as BSON.
 *
 * @throws CommandError 15 when it is nested too deeply, 2 for a name with a null character
 */
export function encode(doc: ReadonlyMap<string, Writable>): Uint8Array {
  out.length = 0;
  putFields(doc, 0);
  return written(out);
}

/** One buffer for all documents: nothing else runs while one is written. */
const out = newBytes(65536);

function putFields(fields: ReadonlyMap<string, Writable> | readonly Writable[], depth: number): void {
  if (depth > maxDepth) throw new CommandError(15, 'BSON document nested too deeply');
  const start = take(out, 4);
  fields.forEach((value: Writable, name: string | number) => {
    const tag = take(out, 1);
    putName(String(name));
    const type = putValue(value, depth); // before `out.buffer` is looked up: a long value may have moved it
    out.buffer[tag] = type;
  });
  putByte(out, 0);
  out.buffer.writeInt32LE(out.length - start, start);
}

function putName(name: string): void {
  if (name.includes('\0')) throw badValue('field names and patterns may not contain a null character');
  putText(out, name);
}

/** Writes the value, and says its type. */
function putValue(value: Writable, depth: number): number {
  if (typeof value === 'string') return (putString(value), 2);
  if (value instanceof Int32) return (putInt(value.value), 16);
  if (value instanceof Double) return (putDouble(value.value), 1);
  if (value instanceof Map) return (putFields(value, depth + 1), 3);
  if (Array.isArray(value)) return (putFields(value, depth + 1), 4);
  if (value instanceof Date) return (putLong(Long.fromNumber(value.getTime())), 9);
  if (value instanceof ObjectId) return (putRaw(out, value.id), 7);
  if (typeof value === 'boolean') return (putByte(out, value ? 1 : 0), 8);
  return value === null ? 10 : putRare(value);
}

function putRare(value: Long | Timestamp | Binary | BSONRegExp | Uint8Array): number {
  if (value instanceof Uint8Array) return (putRaw(out, value), 3);
  if (value instanceof Timestamp) return (putLong(value), 17); // before Long, which it extends
  if (value instanceof Long) return (putLong(value), 18);
  if (value instanceof Binary) {
    putInt(value.position);
    putByte(out, value.sub_type);
    return (putRaw(out, value.buffer.subarray(0, value.position)), 5);
  }
  if (!(value instanceof BSONRegExp)) throw refuse('a value of this BSON type'); // from a copy of another database
  putName(value.pattern);
  return (putName(value.options), 11);
}

function putInt(value: number): void {
  const at = take(out, 4);
  out.buffer.writeInt32LE(value, at);
}

function putDouble(value: number): void {
  const at = take(out, 8);
  out.buffer.writeDoubleLE(value, at);
}

function putLong(value: Long | Timestamp): void {
  putInt(value.low);
  putInt(value.high);
}

function putString(text: string): void {
  const at = take(out, 4);
  putText(out, text);
  out.buffer.writeInt32LE(out.length - at - 4, at);
}
