import { badValue, CommandError, refuse } from './errors.ts';
import { Binary, BSONRegExp, Code, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from './model.ts';
import type { Doc, Value } from './model.ts';

/** How deep documents may lie in each other, as in MongoDB. */
export const maxDepth = 180;

/**
 * Reads one BSON document. With `only`, top-level fields of other names are skipped unread (an aggregation that needs two fields of a large document).
 *
 * @throws CommandError 22 when the bytes are no BSON, 238 for types the engine does not keep (undefined, symbol, dbPointer, code with scope).
 */
export function decode(bytes: Uint8Array, only?: ReadonlySet<string>): Doc {
  const reader = new Reader(bytes);
  try {
    return reader.document(only, 0);
  } catch (error) {
    if (error instanceof RangeError) throw invalid(); // read beyond the end of the buffer
    throw error;
  }
}

const invalid = (): CommandError => new CommandError(22, 'Invalid BSON');

class Reader {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  document(only: ReadonlySet<string> | undefined, depth: number): Doc {
    const end = this.enter(depth);
    const doc: Doc = new Map();
    for (let type = this.byte(); type !== 0; type = this.byte()) {
      const name = this.name();
      if (only === undefined || only.has(name)) doc.set(name, this.value(type, depth));
      else this.skip(type);
    }
    if (this.at !== end) throw invalid();
    return doc;
  }

  private array(depth: number): Value[] {
    const end = this.enter(depth);
    const list: Value[] = [];
    for (let type = this.byte(); type !== 0; type = this.byte()) {
      while (this.byte() !== 0); // the index says nothing
      list.push(this.value(type, depth));
    }
    if (this.at !== end) throw invalid();
    return list;
  }

  private enter(depth: number): number {
    if (depth > maxDepth) throw new CommandError(15, 'BSON document nested too deeply');
    const end = this.at + this.bytes.readInt32LE(this.at);
    if (end > this.bytes.length || end < this.at + 5) throw invalid();
    this.at += 4;
    return end;
  }

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw invalid();
    return byte;
  }

  private int(): number {
    this.at += 4;
    return this.bytes.readInt32LE(this.at - 4);
  }

  /** A field name. Names repeat from document to document, so that most are found in a small cache instead of being decoded. */
  private name(): string {
    const start = this.at;
    let hash = 0;
    for (let byte = this.byte(); byte !== 0; byte = this.byte()) hash = (Math.imul(hash, 31) + byte) | 0;
    const slot = hash & 1023;
    const length = this.at - 1 - start;
    const known = nameCache[slot];
    if (known !== undefined && known.length === length && this.spells(known, start)) return known;
    const name = this.bytes.toString('utf8', start, this.at - 1);
    if (name.length === length) nameCache[slot] = name; // ASCII only: one byte, one character
    return name;
  }

  private spells(name: string, start: number): boolean {
    for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) !== this.bytes[start + i]) return false;
    return true;
  }

  private text(): string {
    const length = this.int();
    const end = this.at + length;
    if (length < 1 || end > this.bytes.length) throw invalid();
    const text = this.bytes.toString('utf8', this.at, end - 1);
    this.at = end;
    return text;
  }

  private take(length: number): Buffer {
    if (length < 0 || this.at + length > this.bytes.length) throw invalid();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  private long(): Long {
    const low = this.int();
    return new Long(low, this.int());
  }

  private value(type: number, depth: number): Value {
    switch (type) {
      case 0x01:
        this.at += 8;
        return new Double(this.bytes.readDoubleLE(this.at - 8));
      case 0x02:
        return this.text();
      case 0x03:
        return this.document(undefined, depth + 1);
      case 0x04:
        return this.array(depth + 1);
      case 0x07:
        return new ObjectId(this.take(12));
      case 0x08:
        return this.byte() === 1;
      case 0x09:
        return this.date();
      case 0x0a:
        return null;
      case 0x10:
        return new Int32(this.int());
      case 0x12:
        return this.long();
      default:
        return this.rareValue(type);
    }
  }

  private rareValue(type: number): Value {
    switch (type) {
      case 0x05:
        return this.binary();
      case 0x0b: {
        const pattern = this.name();
        return new BSONRegExp(pattern, this.name());
      }
      case 0x0d:
        return new Code(this.text());
      case 0x11:
        return new Timestamp(this.long().toBigInt() & 0xffffffffffffffffn);
      case 0x13:
        return new Decimal128(new Uint8Array(this.take(16)));
      case 0xff:
        return new MinKey();
      case 0x7f:
        return new MaxKey();
      case 0x06:
      case 0x0c:
      case 0x0e:
      case 0x0f:
        throw refuse(`BSON type ${type}`);
      default:
        throw invalid();
    }
  }

  private date(): Date {
    const low = this.bytes.readUInt32LE(this.at);
    const date = new Date(this.bytes.readInt32LE(this.at + 4) * 4294967296 + low);
    this.at += 8;
    if (Number.isNaN(date.getTime())) throw badValue('a date beyond the year 275760 cannot be kept');
    return date;
  }

  private binary(): Binary {
    const length = this.int();
    const subType = this.byte();
    if (subType === 2) throw refuse('binary subtype 2');
    return new Binary(new Uint8Array(this.take(length)), subType);
  }

  private skip(type: number): void {
    const size = fixedSizes[type];
    if (size !== undefined) this.at += size;
    else if (type === 0x02 || type === 0x0d) this.take(this.int());
    else if (type === 0x03 || type === 0x04) this.take(this.bytes.readInt32LE(this.at));
    else if (type === 0x05) this.take(this.int() + 1);
    else this.rareValue(type);
  }
}

const nameCache: (string | undefined)[] = new Array<string | undefined>(1024).fill(undefined);
const fixedSizes: Readonly<Partial<Record<number, number>>> = {
  1: 8,
  7: 12,
  8: 1,
  9: 8,
  10: 0,
  16: 4,
  17: 8,
  18: 8,
  19: 16,
  127: 0,
  255: 0,
};
