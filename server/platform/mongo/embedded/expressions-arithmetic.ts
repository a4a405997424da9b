import { CommandError, typeMismatch } from './errors.ts';
import { inTurn, many, on, strict, type Operator, type Operators } from './expression.ts';
import { Double, Int32, intOrLong, isNumber, Long, toInteger, toNumber, typeName } from './model.ts';
import type { Maybe, NumberValue, Value } from './model.ts';
import { add, divide, multiply, remainder, roundTo, subtract } from './numbers.ts';

/** The operators that calculate. */
export const arithmetic: Operators = {
  $add: on(0, many, sum),
  $subtract: strict(2, 2, difference),
  $multiply: on(0, many, (values, name) => {
    const factors = inTurn(values, (value) => numberOf(value, 14, name));
    return factors === undefined ? null : folded(factors, new Int32(1), multiply);
  }),
  $divide: dividing(14, 2, divide),
  $mod: dividing(16611, 16610, remainder),
  $abs: strict(1, 1, ([value], name) => absolute(numberOf(value, 28765, name))),
  $ceil: strict(1, 1, ([value], name) => integral(numberOf(value, 28765, name), Math.ceil)),
  $floor: strict(1, 1, ([value], name) => integral(numberOf(value, 28765, name), Math.floor)),
  $round: strict(1, 2, (values, name) => rounded(values, name, 'even')),
  $trunc: strict(1, 2, (values, name) => rounded(values, name, 'down')),
};

function numberOf(value: Maybe, code: number, name: string): NumberValue {
  if (isNumber(value)) return value;
  throw new CommandError(code, `${name} only supports numeric types, not ${typeName(value)}`);
}

function dividing(typeCode: number, zeroCode: number, apply: (a: NumberValue, b: NumberValue) => NumberValue): Operator {
  return strict(2, 2, ([a, b], name) => {
    const [dividend, divisor] = [numberOf(a, typeCode, name), numberOf(b, typeCode, name)];
    if (toNumber(divisor) === 0) throw new CommandError(zeroCode, `can't ${name} by zero`);
    return apply(dividend, divisor);
  });
}

/** Ints that passed through a long come back as an int when the result fits. */
function folded(numbers: readonly NumberValue[], start: NumberValue, apply: (a: NumberValue, b: NumberValue) => NumberValue): NumberValue {
  const result = numbers.reduce((before, one) => apply(before, one), start);
  return result instanceof Long && numbers.every((one) => one instanceof Int32) ? intOrLong(result.toBigInt()) : result;
}

function sum(values: readonly Maybe[], name: string): Value {
  const terms = inTurn(values, (value) => (value instanceof Date ? value : numberOf(value, 14, name)));
  if (terms === undefined) return null;
  const dates = terms.filter((term) => term instanceof Date);
  if (dates.length > 1) throw new CommandError(16612, 'only one date allowed in an $add expression');
  const total = folded(terms.filter(isNumber), new Int32(0), add);
  const [date] = dates;
  return date === undefined ? total : shifted(date, toNumber(total));
}

function shifted(date: Date, ms: number): Date {
  const moved = new Date(date.getTime() + Math.round(ms));
  if (Number.isNaN(moved.getTime())) throw new CommandError(15, 'date overflow');
  return moved;
}

function difference([a, b]: readonly Value[], name: string): Value {
  if (a instanceof Date && b instanceof Date) return Long.fromNumber(a.getTime() - b.getTime());
  if (a instanceof Date && isNumber(b)) return shifted(a, -toNumber(b));
  if (!isNumber(a) || !isNumber(b)) throw typeMismatch(`can't ${name} ${typeName(b)} from ${typeName(a)}`);
  return subtract(a, b);
}

function absolute(value: NumberValue): NumberValue {
  if (value instanceof Double) return new Double(Math.abs(value.value));
  if (value instanceof Int32) return intOrLong(Math.abs(value.value));
  if (value instanceof Long && value.equals(Long.MIN_VALUE)) throw new CommandError(28680, "can't take $abs of long long min");
  return toNumber(value) < 0 ? multiply(value, new Int32(-1)) : value;
}

const integral = (value: NumberValue, round: (n: number) => number): NumberValue =>
  value instanceof Double ? new Double(round(value.value)) : value;

function rounded([value, at = new Int32(0)]: readonly Value[], name: string, how: 'even' | 'down'): Value {
  const places = toInteger(at);
  if (places === undefined) throw new CommandError(51082, `precision argument to ${name} must be a integral value`);
  if (places < -20 || places > 100)
    throw new CommandError(51083, `cannot apply ${name} with precision value ${places} value must be in [-20, 100]`);
  return roundTo(numberOf(value, 51081, name), places, how);
}
