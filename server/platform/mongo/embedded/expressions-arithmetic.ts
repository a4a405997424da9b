import { CommandError, typeMismatch } from './errors.ts';
import { binary, isNullish, several, unary } from './expression.ts';
import type { Operator } from './expression.ts';
import { Double, Int32, intOrLong, isNumber, Long, toInteger, toNumber, typeName } from './model.ts';
import type { Maybe, NumberValue, Value } from './model.ts';
import { add, divide, multiply, remainder, roundTo, roundToward, subtract, toBigInt } from './numbers.ts';

const many = Number.MAX_SAFE_INTEGER;

/** The operators that calculate. */
export const arithmetic: Readonly<Record<string, Operator>> = {
  $add: several(0, many, sum),
  $subtract: binary(difference),
  $multiply: several(0, many, (values, name) => fold(values, name, new Int32(1), multiply)),
  $divide: binary((a, b, name) => numeric(a, b, name, 14, (x, y) => divide(x, nonZero(y, 2, name)))),
  $mod: binary((a, b, name) => numeric(a, b, name, 16611, (x, y) => remainder(x, nonZero(y, 16610, name)))),
  $abs: unary((value, name) => number(value, name, 28765, absolute)),
  $ceil: unary((value, name) => number(value, name, 28765, (x) => roundToward(x, 'up'))),
  $floor: unary((value, name) => number(value, name, 28765, (x) => roundToward(x, 'down'))),
  $round: several(1, 2, (values, name) => rounded(values, name, 'even')),
  $trunc: several(1, 2, (values, name) => rounded(values, name, 'down')),
  $pow: binary((a, b, name) => numeric(a, b, name, 28762, power)),
  $sqrt: unary((value, name) => number(value, name, 28765, (x) => real(x, (n) => Math.sqrt(within(n >= 0, n, 28714, name))))),
  $exp: unary((value, name) => number(value, name, 28765, (x) => real(x, Math.exp))),
  $ln: unary((value, name) => number(value, name, 28765, (x) => real(x, (n) => Math.log(within(n > 0, n, 28766, name))))),
  $log10: unary((value, name) => number(value, name, 28765, (x) => real(x, (n) => Math.log10(within(n > 0, n, 28761, name))))),
  $log: binary((a, b, name) => numeric(a, b, name, 28756, (x, base) => logarithm(x, base, name))),
};

function number(value: Maybe, name: string, code: number, apply: (x: NumberValue) => Value): Value {
  if (isNullish(value)) return null;
  if (!isNumber(value)) throw new CommandError(code, `${name} only supports numeric types, not ${typeName(value)}`);
  return apply(value);
}

function numeric(a: Maybe, b: Maybe, name: string, code: number, apply: (x: NumberValue, y: NumberValue) => Value): Value {
  if (isNullish(a) || isNullish(b)) return null;
  if (!isNumber(a) || !isNumber(b))
    throw new CommandError(code, `${name} only supports numeric types, not ${typeName(a)} and ${typeName(b)}`);
  return apply(a, b);
}

function nonZero(value: NumberValue, code: number, name: string): NumberValue {
  if (toNumber(value) === 0) throw new CommandError(code, `can't ${name} by zero`);
  return value;
}

function within(ok: boolean, n: number, code: number, name: string): number {
  if (!ok && !Number.isNaN(n)) throw new CommandError(code, `${name}'s argument is out of range: ${n}`);
  return n;
}

function real(value: NumberValue, apply: (n: number) => number): Double {
  return new Double(apply(toNumber(value)));
}

function fold(values: readonly Maybe[], name: string, start: NumberValue, apply: (a: NumberValue, b: NumberValue) => NumberValue): Value {
  let result = start;
  let empty = false;
  for (const value of values) {
    if (isNullish(value)) empty = true;
    else if (!isNumber(value)) throw typeMismatch(`${name} only supports numeric types, not ${typeName(value)}`);
    else result = apply(result, value);
  }
  return empty ? null : narrow(result, values);
}

/** A sum of ints that passed through a long comes back as an int when it fits. */
function narrow(result: NumberValue, values: readonly Maybe[]): NumberValue {
  return result instanceof Long && values.every((value) => value instanceof Int32) ? intOrLong(result.toBigInt()) : result;
}

function sum(values: readonly Maybe[], name: string): Value {
  const dates = values.filter((value) => value instanceof Date);
  if (dates.length > 1) throw new CommandError(16612, 'only one date allowed in an $add expression');
  const [date] = dates;
  const total = fold(dates.length === 0 ? values : values.filter((value) => value !== date), name, new Int32(0), add);
  return date === undefined || total === null ? total : shiftDate(date, total);
}

function shiftDate(date: Date, by: Value): Date {
  const ms = date.getTime() + (isNumber(by) ? Math.round(toNumber(by)) : 0);
  const moved = new Date(ms);
  if (Number.isNaN(moved.getTime())) throw new CommandError(15, 'date overflow');
  return moved;
}

function difference(a: Maybe, b: Maybe, name: string): Value {
  if (isNullish(a) || isNullish(b)) return null;
  if (a instanceof Date && b instanceof Date) return Long.fromNumber(a.getTime() - b.getTime());
  if (a instanceof Date && isNumber(b)) return shiftDate(a, multiply(b, new Int32(-1)));
  if (!isNumber(a) || !isNumber(b)) throw typeMismatch(`can't ${name} ${typeName(b)} from ${typeName(a)}`);
  return subtract(a, b);
}

function absolute(value: NumberValue): NumberValue {
  if (value instanceof Double) return new Double(Math.abs(value.value));
  if (value instanceof Int32) return intOrLong(Math.abs(value.value));
  if (value.equals(Long.MIN_VALUE)) throw new CommandError(28680, "can't take $abs of long long min");
  return value.isNegative() ? value.negate() : value;
}

function rounded([value, at]: readonly Maybe[], name: string, how: 'even' | 'down'): Value {
  if (at === null) return null;
  const places = at === undefined ? 0 : toInteger(at);
  if (places === undefined) throw new CommandError(51082, `precision argument to ${name} must be a integral value`);
  if (places < -20 || places > 100)
    throw new CommandError(51083, `cannot apply ${name} with precision value ${places} value must be in [-20, 100]`);
  return number(value, name, 51081, (x) => roundTo(x, places, how));
}

function power(base: NumberValue, exponent: NumberValue): Value {
  const [b, e] = [toNumber(base), toNumber(exponent)];
  if (b === 0 && e < 0) throw new CommandError(28764, '$pow cannot take a base of 0 and a negative exponent');
  if (base instanceof Double || exponent instanceof Double) return new Double(b ** e);
  const exact = wholePower(toBigInt(base), e);
  if (exact === undefined || BigInt.asIntN(64, exact) !== exact) return new Double(b ** e);
  return base instanceof Int32 && exponent instanceof Int32 ? intOrLong(exact) : Long.fromBigInt(exact);
}

/** The exact power where it is a whole number that may fit 64 bits. */
function wholePower(base: bigint, exponent: number): bigint | undefined {
  if (base * base <= 1n) return base ** BigInt(Math.abs(exponent) % 2 === 0 && exponent !== 0 ? 2 : Math.abs(exponent) % 2);
  return exponent < 0 || exponent > 63 ? undefined : base ** BigInt(exponent);
}

function logarithm(value: NumberValue, base: NumberValue, name: string): Value {
  return real(value, (n) => {
    const b = real(base, (m) => within(m > 0 && m !== 1, m, 28759, name)).value;
    return Math.log(within(n > 0, n, 28758, name)) / Math.log(b);
  });
}
