import type { Control } from '#shared/qa/controls.ts';
import { plainText } from '#shared/text.ts';

const plain = new WeakMap<Control, string>();

/** A test of names that knows neither accents nor case. */
export function searchFor(asked: string | undefined): (control: Control) => boolean {
  const wanted = plainText(asked ?? '');
  return wanted === '' ? () => true : (control) => plainName(control).includes(wanted);
}

function plainName(control: Control): string {
  const known = plain.get(control);
  if (known !== undefined) return known;
  const name = plainText(control.name);
  plain.set(control, name);
  return name;
}
