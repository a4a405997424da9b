import { compareValues, valueKey } from './compare.ts';
import { CommandError } from './errors.ts';
import { binary, isNullish, several, unary } from './expression.ts';
import type { Operator } from './expression.ts';
import { list } from './expressions-array.ts';
import { isNumber, truthy, typeName } from './model.ts';
import type { Doc, Maybe, Value } from './model.ts';

const many = Number.MAX_SAFE_INTEGER;

/** The operators that treat arrays as sets: without repeats, the result in BSON order. */
export const sets: Readonly<Record<string, Operator>> = {
  $setUnion: several(0, many, (values) => {
    if (values.some(isNullish)) return null;
    return asSet(values.flatMap((value) => list(value, 17043, 'All operands of $setUnion must be arrays')));
  }),
  $setIntersection: several(0, many, (values) => {
    if (values.some(isNullish)) return null;
    const [first = [], ...others] = values.map((value) => list(value, 17047, 'All operands of $setIntersection must be arrays'));
    const keys = others.map(keysOf);
    return asSet(first.filter((item) => keys.every((set) => set.has(valueKey(item)))));
  }),
  $setDifference: binary((a, b) => {
    if (isNullish(a) || isNullish(b)) return null;
    const known = keysOf(list(b, 17049, 'both operands of $setDifference must be arrays'));
    return unique(list(a, 17048, 'both operands of $setDifference must be arrays').filter((item) => !known.has(valueKey(item))));
  }),
  $setEquals: several(2, many, (values) => {
    const [first = new Set<string>(), ...others] = values.map((value) =>
      keysOf(list(value, 17044, 'All operands of $setEquals must be arrays')),
    );
    return others.every((other) => other.size === first.size && [...other].every((key) => first.has(key)));
  }),
  $setIsSubset: binary((a, b) => {
    const part = keysOf(list(a, 17046, 'both operands of $setIsSubset must be arrays'));
    const whole = keysOf(list(b, 17042, 'both operands of $setIsSubset must be arrays'));
    return [...part].every((key) => whole.has(key));
  }),
  $anyElementTrue: unary((value) => list(value, 17041, "$anyElementTrue's argument must be an array").some(truthy)),
  $allElementsTrue: unary((value) => list(value, 17040, "$allElementsTrue's argument must be an array").every(truthy)),
};

const keysOf = (values: readonly Value[]): Set<string> => new Set(values.map(valueKey));
const asSet = (values: readonly Value[]): Value[] => unique(values).sort(compareValues);

/** The values without repeats, the first of each kept. */
function unique(values: readonly Value[]): Value[] {
  const found = new Map<string, Value>();
  for (const value of values) {
    const key = valueKey(value);
    if (!found.has(key)) found.set(key, value);
  }
  return [...found.values()];
}

/** The operators on documents and types. */
export const objects: Readonly<Record<string, Operator>> = {
  $mergeObjects: several(0, many, mergeObjects),
  $type: unary((value) => typeName(value)),
  $isNumber: unary((value) => isNumber(value)),
};

/** One document of several; a later field replaces the value of an earlier one in its place. */
export function mergeObjects(values: readonly Maybe[]): Doc {
  const merged: Doc = new Map();
  for (const value of values) {
    if (isNullish(value)) continue;
    if (!(value instanceof Map))
      throw new CommandError(40400, `$mergeObjects requires object inputs, but input is of type ${typeName(value)}`);
    for (const [name, inner] of value) merged.set(name, inner);
  }
  return merged;
}
