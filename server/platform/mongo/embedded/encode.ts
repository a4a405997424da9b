import { newBytes, putByte, putRaw, putText, take, written } from './bytes.ts';
import { maxDepth } from './decode.ts';
import { badValue, CommandError } from './errors.ts';
import { Binary, Double, Int32, Long, ObjectId, Timestamp, typeNumber } from './model.ts';
import type { BSONRegExp, Value } from './model.ts';

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
const documentType = 0x03;

function putFields(fields: ReadonlyMap<string, Writable> | readonly Writable[], depth: number): void {
  if (depth > maxDepth) throw new CommandError(15, 'BSON document nested too deeply');
  const start = take(out, 4);
  fields.forEach((value: Writable, name: string | number) => {
    putByte(out, value instanceof Uint8Array ? documentType : typeNumber(value));
    putName(String(name));
    putValue(value, depth);
  });
  putByte(out, 0);
  out.buffer.writeInt32LE(out.length - start, start);
}

function putName(name: string): void {
  if (name.includes('\0')) throw badValue('field names and patterns may not contain a null character');
  putText(out, name);
}

function putValue(value: Writable, depth: number): void {
  if (typeof value === 'string') putString(value);
  else if (value instanceof Int32) putInt(value.value);
  else if (value instanceof Double) putDouble(value.value);
  else if (value instanceof Map || Array.isArray(value)) putFields(value, depth + 1);
  else if (value instanceof Date) putLong(Long.fromNumber(value.getTime()));
  else if (value instanceof ObjectId) putRaw(out, value.id);
  else if (typeof value === 'boolean') putByte(out, value ? 1 : 0);
  else if (value !== null) putRare(value);
}

function putRare(value: Long | Timestamp | Binary | BSONRegExp | Uint8Array): void {
  if (value instanceof Uint8Array) return putRaw(out, value);
  if (value instanceof Long || value instanceof Timestamp) return putLong(value);
  if (value instanceof Binary) {
    putInt(value.position);
    putByte(out, value.sub_type);
    return putRaw(out, value.buffer.subarray(0, value.position));
  }
  putName(value.pattern);
  putName(value.options);
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
