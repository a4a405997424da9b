import { digitsOf, exactDouble, rescale, toDecimal128, toExact } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { Decimal128, Double, Int32, intOrLong, Long, toNumber } from './model.ts';
import type { NumberValue } from './model.ts';

/** Thrown by exact integer arithmetic that leaves 64 bits, where the caller does not want a double instead. */
export class LongOverflow extends Error {}

type Integers = (a: bigint, b: bigint) => bigint;
type Floats = (a: number, b: number) => number;
type Decimals = (a: Decimal, b: Decimal) => Decimal;

/** The sum, in the wider type of the two; ints grow into a long, longs into a double (or LongOverflow with `strict`). */
export function add(a: NumberValue, b: NumberValue, strict = false): NumberValue {
  return combine(
    a,
    b,
    (x, y) => x + y,
    (x, y) => x + y,
    (x, y) => aligned(x, y, (p, q) => p + q),
    strict,
  );
}

export function subtract(a: NumberValue, b: NumberValue): NumberValue {
  return combine(
    a,
    b,
    (x, y) => x - y,
    (x, y) => x - y,
    (x, y) => aligned(x, y, (p, q) => p - q),
    false,
  );
}

export function multiply(a: NumberValue, b: NumberValue, strict = false): NumberValue {
  const decimals: Decimals = (x, y) => ({ coefficient: x.coefficient * y.coefficient, exponent: x.exponent + y.exponent });
  return combine(
    a,
    b,
    (x, y) => x * y,
    (x, y) => x * y,
    decimals,
    strict,
  );
}

/** Division: always a double, unless a decimal takes part. The divisor is not zero. */
export function divide(a: NumberValue, b: NumberValue): NumberValue {
  if (!(a instanceof Decimal128 || b instanceof Decimal128)) return new Double(toNumber(a) / toNumber(b));
  return combine(
    a,
    b,
    (x, y) => x / y,
    (x, y) => x / y,
    quotient,
    false,
  );
}

/** Remainder with the sign of the dividend. The divisor is not zero. */
export function remainder(a: NumberValue, b: NumberValue): NumberValue {
  return combine(
    a,
    b,
    (x, y) => x % y,
    (x, y) => x % y,
    (x, y) => aligned(x, y, (p, q) => p % q),
    false,
  );
}

function combine(a: NumberValue, b: NumberValue, integers: Integers, floats: Floats, decimals: Decimals, strict: boolean): NumberValue {
  if (a instanceof Int32 && b instanceof Int32) {
    const quick = floats(a.value, b.value);
    return intOrLong(Number.isSafeInteger(quick) ? quick : integers(BigInt(a.value), BigInt(b.value)));
  }
  if (a instanceof Decimal128 || b instanceof Decimal128) return combineDecimals(widen(a), widen(b), floats, decimals);
  if (a instanceof Double || b instanceof Double) return new Double(floats(toNumber(a), toNumber(b)));
  const exact = integers(toBigInt(a), toBigInt(b));
  if (BigInt.asIntN(64, exact) === exact) return Long.fromBigInt(exact);
  if (strict) throw new LongOverflow();
  return new Double(Number(exact));
}

function combineDecimals(a: Decimal, b: Decimal, floats: Floats, decimals: Decimals): Decimal128 {
  if (a.special === undefined && b.special === undefined) return toDecimal128(decimals(a, b));
  return Decimal128.fromString(String(floats(a.special ?? Number(a.coefficient), b.special ?? Number(b.coefficient))));
}

/** Int32 or Long as a bigint. */
export function toBigInt(value: Int32 | Long): bigint {
  return value instanceof Int32 ? BigInt(value.value) : value.toBigInt();
}

/** A number as a decimal: doubles with 15 digits, as MongoDB converts them. */
function widen(value: NumberValue): Decimal {
  if (!(value instanceof Double)) return toExact(value);
  const exact = exactDouble(value.value);
  if (exact.special !== undefined || exact.coefficient === 0n) return exact;
  const fifteen = rescale(exact, exact.exponent + digitsOf(exact.coefficient) - 15);
  return digitsOf(fifteen.coefficient) > 15 ? rescale(fifteen, fifteen.exponent + 1) : fifteen;
}

function aligned(a: Decimal, b: Decimal, apply: Integers): Decimal {
  const exponent = Math.max(Math.min(a.exponent, b.exponent), Math.max(top(a), top(b)) - 80); // digits beyond cannot reach the 34 kept
  return { coefficient: apply(rescale(a, exponent).coefficient, rescale(b, exponent).coefficient), exponent };
}

const top = (value: Decimal): number => (value.coefficient === 0n ? -10000 : value.exponent + digitsOf(value.coefficient));

/** 34 digits, or fewer where the division is exact (1 / 4 is 0.25, not 0.2500…). */
function quotient(a: Decimal, b: Decimal): Decimal {
  const shift = Math.max(0, 36 + digitsOf(b.coefficient) - digitsOf(a.coefficient));
  const dividend = a.coefficient * 10n ** BigInt(shift);
  let coefficient = dividend / b.coefficient;
  let exponent = a.exponent - b.exponent - shift;
  if (dividend % b.coefficient !== 0n) return { coefficient: coefficient * 10n + (coefficient < 0n ? -1n : 1n), exponent: exponent - 1 }; // a trace of what is left, for the rounding
  for (; exponent < a.exponent - b.exponent && coefficient % 10n === 0n && coefficient !== 0n; exponent++) coefficient /= 10n;
  return { coefficient, exponent };
}

/** Rounds (half to even) or cuts to a number of decimal places; negative places are tens, hundreds … The type stays. */
export function roundTo(value: NumberValue, places: number, how: 'even' | 'down'): NumberValue {
  const exact = toExact(value);
  if (exact.special !== undefined || exact.exponent >= -places) return value;
  const rounded = rescale(exact, -places, how);
  if (value instanceof Decimal128) return toDecimal128(rounded);
  if (value instanceof Double) return new Double(signed(value.value, Number(`${rounded.coefficient}e${rounded.exponent}`)));
  const whole = rounded.coefficient * 10n ** BigInt(-places);
  return value instanceof Int32 ? intOrLong(whole) : Long.fromBigInt(BigInt.asIntN(64, whole));
}

const signed = (before: number, after: number): number => (after === 0 && (before < 0 || Object.is(before, -0)) ? -0 : after);

/** Rounds towards plus or minus infinity. */
export function roundToward(value: NumberValue, direction: 'up' | 'down'): NumberValue {
  if (value instanceof Double) return new Double(direction === 'up' ? Math.ceil(value.value) : Math.floor(value.value));
  if (!(value instanceof Decimal128)) return value;
  const exact = toExact(value);
  if (exact.special !== undefined || exact.exponent >= 0) return value;
  const cut = rescale(exact, 0, 'down');
  const lost = rescale(cut, exact.exponent).coefficient !== exact.coefficient;
  const step = lost && exact.coefficient < 0n !== (direction === 'up') ? 1n : 0n;
  return toDecimal128({ coefficient: cut.coefficient + (direction === 'up' ? step : -step), exponent: 0 });
}

/** Adds up numbers of any type the way $sum and $avg do: integers exactly, doubles with compensation, decimals apart. */
export class Summation {
  private sum = 0;
  private lost = 0; // what the double `sum` could not hold
  private whole = 0n;
  private small = 0; // integers below 2^53, before they go into `whole`
  private decimal: NumberValue | undefined;
  private widest = 0; // 0 int, 1 long, 2 double
  count = 0;

  add(value: NumberValue): void {
    this.count++;
    if (value instanceof Int32) this.addSmall(value.value);
    else if (value instanceof Double) this.addDouble(value.value);
    else if (value instanceof Long) {
      this.widest = Math.max(this.widest, 1);
      this.whole += value.toBigInt();
    } else this.decimal = this.decimal === undefined ? value : add(this.decimal, value);
  }

  private addSmall(value: number): void {
    this.small += value;
    if (Number.isSafeInteger(this.small)) return;
    this.whole += BigInt(this.small - value) + BigInt(value);
    this.small = 0;
  }

  private addDouble(value: number): void {
    this.widest = 2;
    const total = this.sum + value;
    const part = total - this.sum;
    if (Number.isFinite(total)) this.lost += this.sum - (total - part) + (value - part);
    this.sum = total;
  }

  total(): NumberValue {
    const whole = this.whole + BigInt(this.small);
    if (this.decimal !== undefined)
      return add(add(this.decimal, toDecimal128(exactDouble(this.sum + this.lost))), toDecimal128({ coefficient: whole, exponent: 0 }));
    if (this.widest === 2) return new Double(this.floatTotal(whole));
    if (!fits(whole)) return new Double(Number(whole));
    return this.widest === 0 ? intOrLong(whole) : Long.fromBigInt(whole);
  }

  private floatTotal(whole: bigint): number {
    this.whole = whole;
    this.small = 0;
    if (whole === 0n || !Number.isFinite(this.sum)) return this.sum + (Number.isFinite(this.sum) ? this.lost : 0);
    const rest = new Summation();
    for (const part of [this.sum, this.lost, Number(whole), Number(whole - BigInt(Number(whole)))]) rest.addDouble(part);
    return rest.sum + rest.lost;
  }

  /** The mean; null without numbers. */
  mean(): NumberValue | null {
    if (this.count === 0) return null;
    const total = this.total();
    return divide(total, new Int32(this.count));
  }
}

const fits = (n: bigint): boolean => BigInt.asIntN(64, n) === n;
