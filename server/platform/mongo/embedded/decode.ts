import { BSONError } from 'bson';
import { badValue, CommandError, refuse } from './errors.ts';
import { Binary, BSONRegExp, Double, Int32, Long, ObjectId, Timestamp, typeNames } from './model.ts';
import type { Doc, Value } from './model.ts';

/** How deep documents may lie in each other, as in MongoDB. */
export const maxDepth = 180;

/**
 * Reads one BSON document. With `only`, top-level fields of other names are skipped unread (an aggregation that needs two fields of a large document).
 *
 * @throws CommandError 22 when the bytes are no BSON, 238 for types the engine does not keep (decimal, code, minKey, undefined, symbol …).
 */
export function decode(bytes: Uint8Array, only?: ReadonlySet<string>): Doc {
  try {
    return readDoc({ bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0 }, 0, only);
  } catch (error) {
    if (error instanceof RangeError || error instanceof BSONError) throw invalid(); // beyond the end of the buffer; a flag no regular expression has
    throw error;
  }
}

const invalid = (): CommandError => new CommandError(22, 'Invalid BSON');

/** Bytes, and how far they are read. */
interface Source {
  readonly bytes: Buffer;
  at: number;
}

function readDoc(from: Source, depth: number, only?: ReadonlySet<string>): Doc {
  const doc: Doc = new Map();
  readFields(from, depth, (type) => {
    const name = readName(from);
    if (only === undefined || only.has(name)) doc.set(name, readValue(from, type, depth));
    else skip(from, type);
  });
  return doc;
}

function readList(from: Source, depth: number): Value[] {
  const list: Value[] = [];
  readFields(from, depth, (type) => {
    while (readByte(from) !== 0); // the index says nothing
    list.push(readValue(from, type, depth));
  });
  return list;
}

function readFields(from: Source, depth: number, read: (type: number) => void): void {
  if (depth > maxDepth) throw new CommandError(15, 'BSON document nested too deeply');
  const end = from.at + readInt(from);
  if (end > from.bytes.length || end <= from.at) throw invalid();
  for (let type = readByte(from); type !== 0; type = readByte(from)) read(type);
  if (from.at !== end) throw invalid();
}

function readValue(from: Source, type: number, depth: number): Value {
  const read = readers[type];
  if (read !== undefined) return read(from, depth);
  const name = typeNames.get(type === 0xff ? -1 : type);
  throw name === undefined ? invalid() : refuse(`BSON type ${name}`);
}

const readers: Readonly<Partial<Record<number, (from: Source, depth: number) => Value>>> = {
  0x01: (from) => new Double(from.bytes.readDoubleLE((from.at += 8) - 8)),
  0x02: readText,
  0x03: (from, depth) => readDoc(from, depth + 1),
  0x04: (from, depth) => readList(from, depth + 1),
  0x05: readBinary,
  0x07: (from) => new ObjectId(take(from, 12)),
  0x08: (from) => readByte(from) === 1,
  0x09: readDate,
  0x0a: () => null,
  0x0b: (from) => new BSONRegExp(readName(from), readName(from)),
  0x10: (from) => new Int32(readInt(from)),
  0x11: (from) => new Timestamp(readLong(from)),
  0x12: readLong,
};
const fixedSizes: Readonly<Partial<Record<number, number>>> = { 1: 8, 7: 12, 8: 1, 9: 8, 10: 0, 16: 4, 17: 8, 18: 8 };

function skip(from: Source, type: number): void {
  const size = fixedSizes[type];
  if (size !== undefined) from.at += size;
  else if (type === 0x02) take(from, readInt(from));
  else if (type === 0x05) take(from, readInt(from) + 1);
  else if (type === 0x03 || type === 0x04) take(from, from.bytes.readInt32LE(from.at));
  else readValue(from, type, 0);
}

function readByte(from: Source): number {
  const byte = from.bytes[from.at++];
  if (byte === undefined) throw invalid();
  return byte;
}

function readInt(from: Source): number {
  from.at += 4;
  return from.bytes.readInt32LE(from.at - 4);
}

function readLong(from: Source): Long {
  return new Long(readInt(from), readInt(from));
}

function take(from: Source, length: number): Buffer {
  if (length < 0 || from.at + length > from.bytes.length) throw invalid();
  from.at += length;
  return from.bytes.subarray(from.at - length, from.at);
}

function readText(from: Source): string {
  const length = readInt(from);
  if (length < 1 || from.at + length > from.bytes.length) throw invalid();
  from.at += length;
  return from.bytes.toString('utf8', from.at - length, from.at - 1);
}

function readDate(from: Source): Date {
  const low = readInt(from) >>> 0;
  const date = new Date(readInt(from) * 4294967296 + low);
  if (Number.isNaN(date.getTime())) throw badValue('a date beyond the year 275760 cannot be kept');
  return date;
}

function readBinary(from: Source): Binary {
  const length = readInt(from);
  const subType = readByte(from);
  if (subType === 2) throw refuse('binary subtype 2');
  return new Binary(new Uint8Array(take(from, length)), subType);
}

const nameCache: (string | undefined)[] = new Array<string | undefined>(1024).fill(undefined);

/** A field name. Names repeat from document to document, so that most are found in a small cache instead of being decoded. */
function readName(from: Source): string {
  const start = from.at;
  let hash = 0;
  for (let byte = readByte(from); byte !== 0; byte = readByte(from)) hash = (Math.imul(hash, 31) + byte) | 0;
  const slot = hash & 1023;
  const length = from.at - 1 - start;
  const known = nameCache[slot];
  if (known?.length === length && spells(known, from.bytes, start)) return known;
  const name = from.bytes.toString('utf8', start, from.at - 1);
  if (name.length === length) nameCache[slot] = name; // ASCII only: one byte, one character
  return name;
}

function spells(name: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
