import { Double } from './model.ts';
import type { NumberValue } from './model.ts';

/** A number as MongoDB writes it in a string: a double without a fraction has none ("1"). */
export function numberText(value: NumberValue): string {
  if (!(value instanceof Double)) return value.toString();
  const text = Object.is(value.value, -0) ? '-0' : String(value.value);
  return text.replace(/e([+-])(\d)$/, 'e$10$2'); // at least two digits in the exponent
}
