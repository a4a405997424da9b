import { refuse } from './errors.ts';
import { Double, Int32, intOrLong, Long, toNumber } from './model.ts';
import type { NumberValue } from './model.ts';

/** A calculation in the wider type of the two; ints grow into a long, longs into a double. */
export type Calculation = (a: NumberValue, b: NumberValue) => NumberValue;

export const add = calculation(
  (a, b) => a + b,
  (a, b) => a + b,
);
export const subtract = calculation(
  (a, b) => a - b,
  (a, b) => a - b,
);
export const multiply = calculation(
  (a, b) => a * b,
  (a, b) => a * b,
);
/** Remainder with the sign of the dividend. The divisor is not zero. */
export const remainder = calculation(
  (a, b) => a % b,
  (a, b) => a % b,
);

function calculation(floats: (a: number, b: number) => number, integers: (a: bigint, b: bigint) => bigint): Calculation {
  return (a, b) => {
    if (a instanceof Double || b instanceof Double) return new Double(floats(toNumber(a), toNumber(b)));
    const quick = floats(toNumber(a), toNumber(b));
    if (a instanceof Int32 && b instanceof Int32 && Number.isSafeInteger(quick)) return intOrLong(quick);
    const exact = integers(toBigInt(a), toBigInt(b));
    if (!fits(exact)) return new Double(Number(exact));
    return a instanceof Int32 && b instanceof Int32 ? intOrLong(exact) : Long.fromBigInt(exact);
  };
}

/** Division: always a double. The divisor is not zero. */
export function divide(a: NumberValue, b: NumberValue): Double {
  return new Double(toNumber(a) / toNumber(b));
}

/** A number without a fraction, exactly. */
export function toBigInt(value: NumberValue): bigint {
  return value instanceof Long ? value.toBigInt() : BigInt(value.value);
}

const fits = (n: bigint): boolean => BigInt.asIntN(64, n) === n;

/** Rounds (half to even, as the exact value of a double lies) or cuts to a number of decimal places; negative places are tens, hundreds … The type stays. */
export function roundTo(value: NumberValue, places: number, how: 'even' | 'down'): NumberValue {
  if (value instanceof Double ? !Number.isFinite(value.value) : places >= 0) return value;
  const [numerator, denominator] = value instanceof Double ? fraction(value.value) : [toBigInt(value), 1n];
  const [up, down] = [10n ** BigInt(Math.max(places, 0)), 10n ** BigInt(Math.max(-places, 0))];
  const rounded = quotient(numerator * up, denominator * down, how);
  if (value instanceof Double) return new Double(signed(value.value, Number(`${rounded}e${-places}`)));
  return value instanceof Int32 ? intOrLong(rounded * down) : Long.fromBigInt(BigInt.asIntN(64, rounded * down));
}

/** A finite double as an exact fraction. */
function fraction(n: number): [bigint, bigint] {
  let [numerator, denominator] = [n, 1n];
  for (; !Number.isInteger(numerator); numerator *= 2) denominator *= 2n;
  return [BigInt(numerator), denominator];
}

function quotient(dividend: bigint, divisor: bigint, how: 'even' | 'down'): bigint {
  const cut = dividend / divisor;
  const sign = dividend < 0n ? -1n : 1n;
  const rest = sign * 2n * (dividend % divisor) - divisor;
  return how === 'even' && (rest > 0n || (rest === 0n && cut % 2n !== 0n)) ? cut + sign : cut;
}

const signed = (before: number, after: number): number => (after === 0 && (before < 0 || Object.is(before, -0)) ? -0 : after);

/**
 * Adds up numbers of any type the way $sum and $avg of MongoDB do: in two doubles, the second of which takes what the first cannot hold. Integers stay exact
 * far beyond 64 bits.
 */
export class Summation {
  private sum = 0;
  private lost = 0;
  private widest = 0; // 0 int, 1 long, 2 double
  private count = 0;

  add(value: NumberValue): void {
    this.count++;
    const near = toNumber(value);
    this.addPart(near);
    if (value instanceof Double) this.widest = 2;
    if (!(value instanceof Long)) return;
    this.widest = Math.max(this.widest, 1);
    if (!Number.isSafeInteger(near)) this.addPart(Number(value.toBigInt() - BigInt(near)));
  }

  private addPart(value: number): void {
    const total = this.sum + value;
    const part = total - this.sum;
    if (Number.isFinite(total)) this.lost += this.sum - (total - part) + (value - part);
    this.sum = total;
  }

  total(): NumberValue {
    if (this.widest === 2) return new Double(Number.isFinite(this.sum) ? this.sum + this.lost : this.sum);
    const whole = BigInt(this.sum) + BigInt(this.lost);
    if (!fits(whole)) return new Double(Number(whole));
    return this.widest === 0 ? intOrLong(whole) : Long.fromBigInt(whole);
  }

  /** The mean; null without numbers. */
  mean(): Double | null {
    return this.count === 0 ? null : divide(this.total(), new Int32(this.count));
  }
}

/** A number as MongoDB writes it in a string: a double without a fraction has none ("1"). */
export function numberText(value: NumberValue): string {
  if (!(value instanceof Double)) return value.toString();
  const size = Math.abs(value.value);
  if (size !== 0 && Number.isFinite(size) && (size >= 1e15 || size < 1e-4)) throw refuse('a very large or very small double as text');
  return Object.is(value.value, -0) ? '-0' : String(value.value);
}
