import { Decimal128, Double, Int32, Long } from './model.ts';
import type { NumberValue } from './model.ts';

/** A number as coefficient × 10^exponent, exactly; `special` for what has no digits. */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
  readonly special?: number; // NaN, Infinity or -Infinity
}

const bias = 6176;
const maxExponent = 6111;
const digits34 = 10n ** 34n;

/** The exact value of a number of any type. */
export function toExact(value: NumberValue): Decimal {
  if (value instanceof Int32) return { coefficient: BigInt(value.value), exponent: 0 };
  if (value instanceof Double) return exactDouble(value.value);
  return value instanceof Long ? { coefficient: value.toBigInt(), exponent: 0 } : readDecimal(value);
}

function readDecimal(value: Decimal128): Decimal {
  const view = new DataView(value.bytes.buffer, value.bytes.byteOffset, 16);
  const high = view.getBigUint64(8, true);
  const negative = high >> 63n === 1n;
  const combination = Number((high >> 58n) & 31n);
  if (combination === 31) return special(NaN);
  if (combination === 30) return special(negative ? -Infinity : Infinity);
  if (combination >= 24) return { coefficient: 0n, exponent: 0 }; // more than 34 digits: not canonical, counts as zero
  const coefficient = ((high & 0x1ffffffffffffn) << 64n) | view.getBigUint64(0, true);
  return { coefficient: negative ? -coefficient : coefficient, exponent: Number((high >> 49n) & 0x3fffn) - bias };
}

/** The exact decimal expansion of a double. */
export function exactDouble(n: number): Decimal {
  if (!Number.isFinite(n)) return special(n);
  if (Number.isSafeInteger(n)) return { coefficient: BigInt(n), exponent: 0 };
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, n);
  const bits = view.getBigUint64(0);
  const power = Number((bits >> 52n) & 2047n);
  const mantissa = (bits & 0xfffffffffffffn) | (power === 0 ? 0n : 1n << 52n);
  const shift = Math.max(power, 1) - 1075;
  const signed = n < 0 ? -mantissa : mantissa;
  return shift >= 0
    ? { coefficient: signed << BigInt(shift), exponent: 0 }
    : { coefficient: signed * 5n ** BigInt(-shift), exponent: shift };
}

const special = (n: number): Decimal => ({ coefficient: 0n, exponent: 0, special: n });

/** Rounds to what Decimal128 holds (34 digits, half to even). */
export function toDecimal128(value: Decimal): Decimal128 {
  if (value.special !== undefined) return Decimal128.fromString(String(value.special));
  let { coefficient, exponent } = value;
  const excess = digitsOf(coefficient) - 34;
  if (excess > 0) ({ coefficient, exponent } = rescale({ coefficient, exponent }, exponent + excess));
  if (exponent < -bias) ({ coefficient, exponent } = rescale({ coefficient, exponent }, -bias));
  if (magnitude(coefficient) === digits34) [coefficient, exponent] = [coefficient / 10n, exponent + 1];
  while (exponent > maxExponent && magnitude(coefficient) * 10n < digits34 && coefficient !== 0n)
    [coefficient, exponent] = [coefficient * 10n, exponent - 1];
  if (exponent <= maxExponent) return writeDecimal(coefficient, exponent);
  if (coefficient === 0n) return writeDecimal(0n, maxExponent);
  return Decimal128.fromString(coefficient < 0n ? '-Infinity' : 'Infinity');
}

function writeDecimal(coefficient: bigint, exponent: number): Decimal128 {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  const size = magnitude(coefficient);
  view.setBigUint64(0, size & 0xffffffffffffffffn, true);
  view.setBigUint64(8, (coefficient < 0n ? 1n << 63n : 0n) | (BigInt(exponent + bias) << 49n) | (size >> 64n), true);
  return new Decimal128(bytes);
}

/** The same number written with another exponent, rounded half to even where digits are lost. */
export function rescale(value: Decimal, exponent: number, round: 'even' | 'down' = 'even'): Decimal {
  const { coefficient } = value;
  if (exponent <= value.exponent) return { coefficient: coefficient * 10n ** BigInt(value.exponent - exponent), exponent };
  const divisor = 10n ** BigInt(Math.min(exponent - value.exponent, 4000));
  return { coefficient: round === 'down' ? coefficient / divisor : divideEven(coefficient, divisor), exponent };
}

/** Quotient rounded half to even. */
function divideEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const twice = 2n * magnitude(dividend % divisor);
  const up = twice > magnitude(divisor) || (twice === magnitude(divisor) && quotient % 2n !== 0n);
  if (!up) return quotient;
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n;
}

/** Exact comparison; NaN equals NaN and is below everything else. */
export function compareExact(a: Decimal, b: Decimal): number {
  if (a.special !== undefined || b.special !== undefined) return compareSpecial(a.special ?? 0, b.special ?? 0);
  const sign = signOf(a.coefficient) - signOf(b.coefficient);
  if (sign !== 0 || a.coefficient === 0n) return Math.sign(sign);
  const size = digitsOf(a.coefficient) + a.exponent - digitsOf(b.coefficient) - b.exponent;
  if (size !== 0) return Math.sign(size) * signOf(a.coefficient);
  const exponent = Math.min(a.exponent, b.exponent);
  const difference = rescale(a, exponent).coefficient - rescale(b, exponent).coefficient;
  return signOf(difference);
}

function compareSpecial(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a === b ? 0 : Math.sign(a - b);
}

/** Coefficient without trailing zeros: one spelling per value. */
export function normalize(value: Decimal): Decimal {
  let { coefficient, exponent } = value;
  if (coefficient === 0n) return { coefficient, exponent: 0 };
  for (const step of [64, 16, 4, 1]) {
    const power = 10n ** BigInt(step);
    for (; coefficient % power === 0n; exponent += step) coefficient /= power;
  }
  return { coefficient, exponent };
}

const signOf = (n: bigint): number => Number(n > 0n) - Number(n < 0n);
export const magnitude = (n: bigint): bigint => (n < 0n ? -n : n);

/** How many decimal digits the integer has. */
export function digitsOf(n: bigint): number {
  return magnitude(n).toString().length;
}
