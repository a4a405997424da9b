import { compareExact, digitsOf, exactDouble, magnitude, normalize, toExact } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { Binary, BSONRegExp, Code, Double, Int32, isNumber, ObjectId, orderOf, Timestamp } from './model.ts';
import type { Decimal128, Long, Maybe, NumberValue, Value } from './model.ts';

/**
 * The bytes of an index key: comparing two keys byte by byte gives what comparing the values one after the other gives (`compareValues`, turned round
 * where the direction is -1). Equal numbers of different types have the same bytes.
 */
export function indexKey(values: readonly Maybe[], directions: ReadonlyArray<1 | -1>): Uint8Array {
  const out = new Bytes();
  for (const [i, value] of values.entries()) {
    const start = out.length;
    put(out, value);
    if (directions[i] === -1) out.invert(start);
  }
  return out.copy();
}

class Bytes {
  private bytes = new Uint8Array(64);
  private view = new DataView(this.bytes.buffer);
  length = 0;

  private room(size: number): number {
    const at = this.length;
    this.length += size;
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length));
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    return at;
  }

  byte(value: number): void {
    const at = this.room(1);
    this.bytes[at] = value;
  }

  uint16(value: number): void {
    const at = this.room(2);
    this.view.setUint16(at, value);
  }

  uint32(value: number): void {
    const at = this.room(4);
    this.view.setUint32(at, value);
  }

  uint64(value: bigint): void {
    const at = this.room(8);
    this.view.setBigUint64(at, value);
  }

  /** A double so that bytes sort as numbers: sign bit turned, negative numbers wholly inverted. */
  double(value: number): void {
    const at = this.room(8);
    this.view.setFloat64(at, value);
    if (value < 0) this.invert(at, at + 8);
    else this.bytes[at] = (this.bytes[at] ?? 0) | 0x80;
  }

  raw(bytes: Uint8Array): void {
    const at = this.room(bytes.length);
    this.bytes.set(bytes, at);
  }

  /** Bytes of any length, so that a shorter one sorts first: zero is written 00 FF, the end 00 00. */
  text(text: string): void {
    for (const byte of Buffer.from(text, 'utf8')) {
      this.byte(byte);
      if (byte === 0) this.byte(0xff);
    }
    this.uint16(0);
  }

  invert(start: number, end: number = this.length): void {
    for (let i = start; i < end; i++) this.bytes[i] = ~(this.bytes[i] ?? 0);
  }

  copy(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

function put(out: Bytes, value: Maybe): void {
  out.byte(orderOf(value) + 1);
  if (typeof value === 'string') out.text(value);
  else if (typeof value === 'boolean') out.byte(value ? 1 : 0);
  else if (value instanceof Date) out.uint64(BigInt(value.getTime()) + (1n << 63n));
  else if (value instanceof ObjectId) out.raw(value.id);
  else if (isNumber(value)) putNumber(out, value);
  else if (value !== null && value !== undefined) putRare(out, value);
}

function putRare(out: Bytes, value: Value): void {
  if (Array.isArray(value)) {
    for (const inner of value) put(out, inner);
    out.byte(0);
  } else if (value instanceof Map) {
    for (const [name, inner] of value) {
      out.byte(orderOf(inner) + 1); // the type counts before the name
      out.text(name);
      put(out, inner);
    }
    out.byte(0);
  } else if (value instanceof Binary) {
    out.uint32(value.position);
    out.byte(value.sub_type);
    out.raw(value.buffer.subarray(0, value.position));
  } else if (value instanceof BSONRegExp) {
    out.text(value.pattern);
    out.text(value.options);
  } else if (value instanceof Timestamp) out.uint64(value.toBigInt());
  else if (value instanceof Code) out.text(value.code);
}

/** The largest double not above the number, then 0 if that is the number itself, else 1 and its exact digits. */
function putNumber(out: Bytes, value: NumberValue): void {
  const near = value instanceof Int32 || value instanceof Double ? value.value : Number(value.toString());
  if (Number.isNaN(near)) return out.uint64(0n);
  const exact = value instanceof Int32 || value instanceof Double ? undefined : inexact(value, near);
  if (exact === undefined) {
    out.double(near === 0 ? 0 : near); // -0 is 0
    return out.byte(0);
  }
  const floor = compareExact(exactDouble(near), exact) > 0 ? doubleBelow(near) : near;
  out.double(floor === 0 ? 0 : floor);
  out.byte(1);
  putDigits(out, exact);
}

/** The exact value if the double `near` is another number. */
function inexact(value: Long | Decimal128, near: number): Decimal | undefined {
  const exact = toExact(value);
  return compareExact(exactDouble(near), exact) === 0 ? undefined : exact;
}

function putDigits(out: Bytes, exact: Decimal): void {
  const { coefficient, exponent } = normalize(exact);
  const start = out.length;
  out.uint16(digitsOf(coefficient) + exponent + 8192);
  for (const digit of magnitude(coefficient).toString()) out.byte(digit.charCodeAt(0));
  out.byte(0);
  if (coefficient < 0n) out.invert(start);
}

function doubleBelow(n: number): number {
  if (n === 0) return -Number.MIN_VALUE;
  if (n === Infinity) return Number.MAX_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, n);
  view.setBigUint64(0, view.getBigUint64(0) + (n > 0 ? -1n : 1n));
  return view.getFloat64(0);
}
