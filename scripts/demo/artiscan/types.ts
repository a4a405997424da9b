import { i32, i64, shortText, u16, u32, u8, utf16, type Cursor } from './bytes.ts';
import { COLLATION } from './tokens.ts';

// Values of a column or a parameter on the wire ([MS-TDS] 2.2.5.4), and in SQLite: dates there are text of one fixed form.

export type Cell = string | number | bigint | null;

interface WireType {
  readonly info: Buffer;
  write(value: Cell): Buffer;
}

const DAY_MS = 86_400_000;
const FROM_1900 = Date.UTC(1900, 0, 1);
const FROM_0001 = Date.parse('0001-01-01T00:00:00.000Z');
const NULL_LONG = u16(0xffff);
const PLP_NULL = Buffer.alloc(8, 0xff);
/** Characters above which a text is no nvarchar(n) any more. */
const MAX_CHARACTERS = 4000;

const FIXED: Readonly<Record<string, WireType>> = {
  int: sizedType(0x26, 4, (value) => i32(Number(value))),
  bigint: sizedType(0x26, 8, (value) => i64(BigInt(value))),
  bit: sizedType(0x68, 1, (value) => u8(Number(value) ? 1 : 0)),
  float: sizedType(0x6d, 8, float),
  datetime: sizedType(0x6f, 8, (value) => datetime(String(value))),
};

/** How a declared type is written: `int`, `bigint`, `bit`, `float`, `datetime`, `datetime2(7)`, `nvarchar(50)`, `nvarchar(max)`. */
export function wireType(declared: string | null): WireType {
  const [, name = 'nvarchar', size] = /^(\w+)(?:\((\w+)\))?$/.exec(declared?.toLowerCase() ?? '') ?? [];
  const fixed = FIXED[name];
  if (fixed) return fixed;
  if (name === 'datetime2') return datetime2Type(Number(size ?? 7));
  return size === 'max' ? maxText() : text(Number(size ?? MAX_CHARACTERS));
}

/** A date as SQLite keeps it, from text with or without fractions; a `datetime` is rounded to 1/300 s as SQL Server does. */
export function storedDate(wall: string, declared: string): string {
  const [seconds = '', fraction = ''] = wall.split('.');
  const form = `${seconds}.${fraction.padEnd(7, '0').slice(0, 7)}`;
  return declared.toLowerCase() === 'datetime' ? readDatetime(datetime(form)) : form;
}

/** One parameter of `sp_executesql`. Types that no reader of ours sends end the connection. */
export function readParameter(from: Cursor): { name: string; value: Cell } {
  const name = from.text(from.u8());
  from.u8();
  return { name, value: readTyped(from) };
}

/** A value with its type before it. */
export function readTyped(from: Cursor): Cell {
  const type = from.u8();
  switch (type) {
    case 0x26:
    case 0x68:
    case 0x6d:
    case 0x6f:
      return readSized(type, (from.u8(), from.take(from.u8())));
    case 0x2a: {
      const scale = from.u8();
      return readDatetime2(scale, from.take(from.u8()));
    }
    case 0xe7:
      return readText(from);
    default:
      throw new Error(`a parameter of type 0x${type.toString(16)}`);
  }
}

function readSized(type: number, bytes: Buffer): Cell {
  if (bytes.length === 0) return null;
  if (type === 0x6d) return bytes.length === 8 ? bytes.readDoubleLE() : bytes.readFloatLE();
  if (type === 0x6f) return bytes.length === 8 ? readDatetime(bytes) : refuse('smalldatetime');
  return bytes.length === 8 ? bytes.readBigInt64LE() : bytes.readIntLE(0, bytes.length);
}

function readText(from: Cursor): Cell {
  const most = from.u16();
  from.take(COLLATION.length);
  if (most === 0xffff) return readParts(from);
  const bytes = from.u16();
  return bytes === 0xffff ? null : from.take(bytes).toString('utf16le');
}

/** Partially length-prefixed: a text over 4,000 characters comes in parts. */
function readParts(from: Cursor): Cell {
  if (from.take(8).equals(PLP_NULL)) return null;
  const parts: Buffer[] = [];
  for (let length = from.u32(); length > 0; length = from.u32()) parts.push(from.take(length));
  return Buffer.concat(parts).toString('utf16le');
}

function refuse(what: string): never {
  throw new Error(`a parameter of type ${what}`);
}

function sizedType(type: number, length: number, write: (known: string | number | bigint) => Buffer): WireType {
  return { info: Buffer.from([type, length]), write: (value) => nullable(value, length, write) };
}

function nullable(value: Cell, length: number, write: (known: string | number | bigint) => Buffer): Buffer {
  return value === null ? u8(0) : Buffer.concat([u8(length), write(value)]);
}

function float(value: string | number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(Number(value));
  return bytes;
}

function text(characters: number): WireType {
  const info = Buffer.concat([u8(0xe7), u16(characters * 2), COLLATION]);
  const write = (value: Cell): Buffer => {
    if (value === null) return NULL_LONG;
    const bytes = utf16(String(value).slice(0, characters));
    return Buffer.concat([u16(bytes.length), bytes]);
  };
  return { info, write };
}

function maxText(): WireType {
  const info = Buffer.concat([u8(0xe7), NULL_LONG, COLLATION]);
  const write = (value: Cell): Buffer => {
    if (value === null) return PLP_NULL;
    const bytes = utf16(String(value));
    const part = bytes.length === 0 ? [] : [u32(bytes.length), bytes];
    return Buffer.concat([i64(BigInt(bytes.length)), ...part, u32(0)]);
  };
  return { info, write };
}

/** Days since 1900 and three-hundredths of a second. */
function datetime(wall: string): Buffer {
  const ms = Date.parse(`${wall.slice(0, 23)}Z`) - FROM_1900;
  const days = Math.floor(ms / DAY_MS);
  const ticks = Math.round(((ms - days * DAY_MS) * 300) / 1000);
  return ticks === 300 * 86_400 ? Buffer.concat([i32(days + 1), u32(0)]) : Buffer.concat([i32(days), u32(ticks)]);
}

function readDatetime(bytes: Buffer): string {
  const ms = Math.round((bytes.readUInt32LE(4) * 1000) / 300);
  return `${new Date(FROM_1900 + bytes.readInt32LE(0) * DAY_MS + ms).toISOString().slice(0, 23)}0000`;
}

/** Bytes of the time of day: fewer for fewer digits. */
function timeBytes(scale: number): number {
  if (scale <= 2) return 3;
  return scale <= 4 ? 4 : 5;
}

function datetime2Type(scale: number): WireType {
  const length = timeBytes(scale) + 3;
  const write = (value: Cell): Buffer =>
    nullable(value, length, (known) => {
      const wall = String(known);
      const day = Date.parse(`${wall.slice(0, 10)}T00:00:00.000Z`);
      const secondsOfDay = (Date.parse(`${wall.slice(0, 19)}.000Z`) - day) / 1000;
      const digits = Number(wall.slice(20).padEnd(7, '0').slice(0, scale) || '0');
      const bytes = Buffer.alloc(length);
      bytes.writeUIntLE(secondsOfDay * 10 ** scale + digits, 0, length - 3);
      bytes.writeUIntLE((day - FROM_0001) / DAY_MS, length - 3, 3);
      return bytes;
    });
  return { info: Buffer.from([0x2a, scale]), write };
}

function readDatetime2(scale: number, bytes: Buffer): Cell {
  if (bytes.length === 0) return null;
  const time = bytes.readUIntLE(0, bytes.length - 3);
  const seconds = Math.floor(time / 10 ** scale);
  const fraction = String(time - seconds * 10 ** scale).padStart(scale, '0');
  const instant = new Date(FROM_0001 + bytes.readUIntLE(bytes.length - 3, 3) * DAY_MS + seconds * 1000);
  return `${instant.toISOString().slice(0, 19)}.${(scale === 0 ? '' : fraction).padEnd(7, '0')}`;
}

/** The description of an answer's columns. */
export function columnsToken(columns: readonly { name: string; type: WireType }[]): Buffer {
  const described = columns.map(({ name, type }) => Buffer.concat([u32(0), u16(1), type.info, shortText(name)]));
  return Buffer.concat([u8(0x81), u16(columns.length), ...described]);
}

export function rowToken(columns: readonly { type: WireType }[], row: readonly Cell[]): Buffer {
  return Buffer.concat([u8(0xd1), ...columns.map(({ type }, index) => type.write(row[index] ?? null))]);
}
