import { refuse } from './errors.ts';
import { Double } from './model.ts';
import type { NumberValue } from './model.ts';

/** A number as MongoDB writes it in a string: a double without a fraction has none ("1"). */
export function numberText(value: NumberValue): string {
  if (!(value instanceof Double)) return value.toString();
  const size = Math.abs(value.value);
  if (size !== 0 && Number.isFinite(size) && (size >= 1e15 || size < 1e-4)) throw refuse('a very large or very small double as text');
  return Object.is(value.value, -0) ? '-0' : String(value.value);
}
