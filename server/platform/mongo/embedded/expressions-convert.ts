import { zoneOf } from './calendar.ts';
import { parseDate } from './date-format.ts';
import { toDecimal128, toExact } from './decimal.ts';
import { badValue, CommandError, refuse } from './errors.ts';
import { isNullish, named, unary } from './expression.ts';
import type { Evaluate, Operator } from './expression.ts';
import {
  Binary,
  Decimal128,
  Double,
  Int32,
  isNumber,
  Long,
  ObjectId,
  Timestamp,
  toInteger,
  toNumber,
  truthy,
  typeName,
  typeNames,
} from './model.ts';
import type { Maybe, NumberValue, Value } from './model.ts';
import { roundTo, widen } from './numbers.ts';
import { numberText } from './text.ts';

/** The operators that ask for or change the type of a value. */
export const conversion: Readonly<Record<string, Operator>> = {
  $type: unary((value) => typeName(value)),
  $isNumber: unary((value) => isNumber(value)),
  $convert: convert,
  $toBool: unary((value) => to('bool', value)),
  $toInt: unary((value) => to('int', value)),
  $toLong: unary((value) => to('long', value)),
  $toDouble: unary((value) => to('double', value)),
  $toDecimal: unary((value) => to('decimal', value)),
  $toString: unary((value) => to('string', value)),
  $toDate: unary((value) => to('date', value)),
  $toObjectId: unary((value) => to('objectId', value)),
};

function convert(...[argument, scope, name]: Parameters<Operator>): Evaluate {
  const get = named(argument, scope, name, ['input', 'to', '?onError', '?onNull'], { form: 9, unknown: 9, missing: 9 });
  const has = (part: string): boolean => argument instanceof Map && argument.has(part);
  return (doc, env) => {
    const input = get('input')(doc, env);
    const target = get('to')(doc, env);
    if (isNullish(input)) return has('onNull') ? get('onNull')(doc, env) : null;
    if (isNullish(target)) return null;
    const type = targetType(target);
    try {
      return to(type, input);
    } catch (error) {
      if (has('onError') && error instanceof CommandError && error.code === 241) return get('onError')(doc, env);
      throw error;
    }
  };
}

function targetType(target: Value): string {
  if (target instanceof Map) throw refuse('$convert to a type with a subtype');
  const type = typeof target === 'string' ? target : typeNames.get(toInteger(target) ?? -2);
  if (type === undefined || ![...typeNames.values()].includes(type)) throw badValue(`Unknown type name: ${String(type)}`);
  return type;
}

function to(type: string, value: Maybe): Value {
  if (isNullish(value)) return null;
  if (typeName(value) === type) return value;
  const converter = converters[type];
  if (converter === undefined) throw failed(value, type);
  return converter(value);
}

const failed = (value: Value, type: string): CommandError =>
  new CommandError(241, `Unsupported conversion from ${typeName(value)} to ${type} in $convert with no onError value`);
const unparsed = (): CommandError => new CommandError(241, 'Failed to parse number in $convert with no onError value');
const overflow = (): CommandError => new CommandError(241, 'Conversion would overflow target type in $convert with no onError value');

const converters: Readonly<Record<string, (value: Value) => Value>> = {
  bool: (value) => {
    if (typeof value === 'string' || value instanceof Date || value instanceof ObjectId) return true;
    if (isNumber(value)) return truthy(value);
    throw failed(value, 'bool');
  },
  int: (value) => {
    const n = integer(value, 'int');
    if (n < -2147483648n || n > 2147483647n) throw overflow();
    return new Int32(Number(n));
  },
  long: (value) => {
    const n = value instanceof Date ? BigInt(value.getTime()) : integer(value, 'long');
    if (BigInt.asIntN(64, n) !== n) throw overflow();
    return Long.fromBigInt(n);
  },
  double: (value) => {
    if (value instanceof Date) return new Double(value.getTime());
    const n = numeric(value, 'double');
    return new Double(toNumber(n));
  },
  decimal: (value) => {
    if (value instanceof Date) return toDecimal128({ coefficient: BigInt(value.getTime()), exponent: 0 });
    if (typeof value === 'string') return decimalFrom(value);
    return toDecimal128(widen(numeric(value, 'decimal')));
  },
  string: (value) => {
    if (typeof value === 'boolean') return String(value);
    if (isNumber(value)) return numberText(value);
    if (value instanceof Date) return value.toISOString();
    if (value instanceof ObjectId) return value.toHexString();
    if (value instanceof Binary) throw refuse('$toString of binary data');
    throw failed(value, 'string');
  },
  date: (value) => {
    if (typeof value === 'string') return parseDate(value, zoneOf('UTC'), undefined, false);
    if (value instanceof ObjectId) return value.getTimestamp();
    if (value instanceof Timestamp) return new Date(value.t * 1000);
    if (value instanceof Int32 || !isNumber(value)) throw failed(value, 'date');
    const date = new Date(Math.trunc(toNumber(value)));
    if (Number.isNaN(date.getTime())) throw overflow();
    return date;
  },
  objectId: (value) => {
    if (typeof value !== 'string') throw failed(value, 'objectId');
    if (!/^[0-9a-fA-F]{24}$/.test(value)) throw new CommandError(241, 'Failed to parse objectId in $convert with no onError value');
    return new ObjectId(value);
  },
};

/** A boolean, number or decimal text as a number. */
function numeric(value: Value, type: string): NumberValue {
  if (typeof value === 'boolean') return new Int32(value ? 1 : 0);
  if (isNumber(value)) return value;
  if (typeof value !== 'string') throw failed(value, type);
  const n = Number(value);
  const special = /^[+-]?(?:inf|infinity)$/i.exec(value);
  if (special !== null) return new Double(value.startsWith('-') ? -Infinity : Infinity);
  if (/^nan$/i.test(value)) return new Double(NaN);
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value)) throw unparsed();
  if (!Number.isFinite(n)) throw unparsed();
  return new Double(n);
}

function integer(value: Value, type: string): bigint {
  if (typeof value === 'string') {
    if (!/^[+-]?\d+$/.test(value)) throw unparsed();
    return BigInt(value.replace('+', ''));
  }
  const cut = toExact(roundTo(numeric(value, type), 0, 'down'));
  if (cut.special !== undefined || cut.exponent > 20) throw overflow();
  return cut.coefficient * 10n ** BigInt(Math.max(cut.exponent, 0));
}

function decimalFrom(text: string): Decimal128 {
  try {
    return Decimal128.fromStringWithRounding(text);
  } catch {
    throw unparsed();
  }
}
