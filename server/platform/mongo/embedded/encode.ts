import { maxDepth } from './decode.ts';
import { badValue, CommandError } from './errors.ts';
import { Binary, BSONRegExp, Code, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from './model.ts';
import type { Doc, Value } from './model.ts';

/** Writes a document as BSON. */
export function encode(doc: Doc): Uint8Array {
  const writer = shared;
  writer.at = 0;
  writer.document(doc, 0);
  return new Uint8Array(writer.bytes.subarray(0, writer.at));
}

class Writer {
  bytes: Buffer = Buffer.allocUnsafeSlow(65536);
  at = 0;

  document(doc: Doc, depth: number): void {
    const start = this.begin(depth);
    for (const [name, value] of doc) this.field(name, value, depth);
    this.end(start);
  }

  private array(list: readonly Value[], depth: number): void {
    const start = this.begin(depth);
    for (const [index, value] of list.entries()) this.field(String(index), value, depth);
    this.end(start);
  }

  private begin(depth: number): number {
    if (depth > maxDepth) throw new CommandError(15, 'BSON document nested too deeply');
    this.room(8);
    this.at += 4;
    return this.at - 4;
  }

  private end(start: number): void {
    this.room(1);
    this.bytes[this.at++] = 0;
    this.bytes.writeInt32LE(this.at - start, start);
  }

  private room(size: number): void {
    if (this.at + size <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + size));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  private cstring(text: string): void {
    this.room(text.length * 3 + 24);
    const length = this.ascii(text, this.at);
    if (text.includes('\0')) throw badValue('field names and patterns may not contain a null character');
    this.at += length === text.length ? length : this.bytes.write(text, this.at);
    this.bytes[this.at++] = 0;
  }

  private text(text: string): void {
    this.room(text.length * 3 + 8);
    const plain = text.length < 48 && this.ascii(text, this.at + 4) === text.length;
    const length = plain ? text.length : this.bytes.write(text, this.at + 4);
    this.bytes.writeInt32LE(length + 1, this.at);
    this.at += length + 4;
    this.bytes[this.at++] = 0;
  }

  /** Writes while characters are ASCII (quicker than a native call for short texts); says how many were. */
  private ascii(text: string, at: number): number {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 127) return i;
      this.bytes[at + i] = unit;
    }
    return text.length;
  }

  private raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  private long(value: Long | Timestamp): void {
    this.at = this.bytes.writeInt32LE(value.low, this.at);
    this.at = this.bytes.writeInt32LE(value.high, this.at);
  }

  private field(name: string, value: Value, depth: number): void {
    this.room(1);
    const tag = this.at++;
    this.cstring(name); // leaves room for every scalar of fixed size
    const type = this.value(value, depth); // before `this.bytes` is looked up: a long value may have moved it
    this.bytes[tag] = type;
  }

  private value(value: Value, depth: number): number {
    if (typeof value === 'string') return (this.text(value), 0x02);
    if (value === null) return 0x0a;
    if (typeof value === 'boolean') return ((this.bytes[this.at++] = value ? 1 : 0), 0x08);
    if (value instanceof Int32) return ((this.at = this.bytes.writeInt32LE(value.value, this.at)), 0x10);
    if (value instanceof Double) return ((this.at = this.bytes.writeDoubleLE(value.value, this.at)), 0x01);
    if (value instanceof Map) return (this.document(value, depth + 1), 0x03);
    if (Array.isArray(value)) return (this.array(value, depth + 1), 0x04);
    if (value instanceof Date) return (this.long(Long.fromNumber(value.getTime())), 0x09);
    if (value instanceof ObjectId) return (this.raw(value.id), 0x07);
    return this.rareValue(value);
  }

  private rareValue(value: Exclude<Value, string | boolean | null>): number {
    if (value instanceof Timestamp) return (this.long(value), 0x11); // before Long, which it extends
    if (value instanceof Long) return (this.long(value), 0x12);
    if (value instanceof Decimal128) return (this.raw(value.bytes), 0x13);
    if (value instanceof Binary) {
      const content = value.buffer.subarray(0, value.position);
      this.at = this.bytes.writeInt32LE(content.length, this.at);
      this.bytes[this.at++] = value.sub_type;
      return (this.raw(content), 0x05);
    }
    if (value instanceof BSONRegExp) {
      this.cstring(value.pattern);
      return (this.cstring(value.options), 0x0b);
    }
    if (value instanceof Code) return (this.text(value.code), 0x0d);
    if (value instanceof MinKey) return 0xff;
    if (value instanceof MaxKey) return 0x7f;
    throw badValue('a value that BSON does not know');
  }
}

const shared = new Writer();
