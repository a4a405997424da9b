import { compareValues, valueKey } from './compare.ts';
import { CommandError } from './errors.ts';
import { arrayOf, inTurn, isNullish, many, on, strict } from './expression.ts';
import type { Operators } from './expression.ts';
import { isNumber, truthy, typeName } from './model.ts';
import type { Doc, Maybe, Value } from './model.ts';

/** The operators that treat arrays as sets: without repeats, the result in BSON order. */
export const sets: Operators = {
  $setUnion: on(0, many, (values, name) => {
    const lists = inTurn(values, (value) => arrayOf(value, 17043, name));
    return lists === undefined ? null : inOrder(setOf(lists.flat()));
  }),
  $setIntersection: on(0, many, (values, name) => {
    const lists = inTurn(values, (value) => setOf(arrayOf(value, 17047, name)));
    const [first = setOf([]), ...others] = lists ?? [];
    for (const key of first.keys()) if (!others.every((other) => other.has(key))) first.delete(key);
    return lists === undefined ? null : inOrder(first);
  }),
  $setDifference: strict(2, 2, ([a, b], name) => {
    const [from, away] = [setOf(arrayOf(a, 17048, name)), setOf(arrayOf(b, 17049, name))];
    for (const key of away.keys()) from.delete(key);
    return [...from.values()];
  }),
  $setEquals: on(2, many, (values, name) => {
    const [first = setOf([]), ...others] = values.map((value) => setOf(arrayOf(value, 17044, name)));
    return others.every((other) => other.size === first.size && within(other, first));
  }),
  $setIsSubset: on(2, 2, ([a, b], name) => within(setOf(arrayOf(a, 17046, name)), setOf(arrayOf(b, 17042, name)))),
  $anyElementTrue: on(1, 1, ([value], name) => arrayOf(value, 17041, name).some(truthy)),
  $allElementsTrue: on(1, 1, ([value], name) => arrayOf(value, 17040, name).every(truthy)),
};

/** The values by their keys, the first of each kept. */
function setOf(values: readonly Value[]): Map<string, Value> {
  const found = new Map<string, Value>();
  for (const value of values) {
    const key = valueKey(value);
    if (!found.has(key)) found.set(key, value);
  }
  return found;
}

const inOrder = (set: ReadonlyMap<string, Value>): Value[] => [...set.values()].sort(compareValues);
const within = (part: ReadonlyMap<string, Value>, whole: ReadonlyMap<string, Value>): boolean =>
  [...part.keys()].every((key) => whole.has(key));

/** The operators on documents and types. */
export const objects: Operators = {
  $mergeObjects: on(0, many, mergeObjects),
  $type: on(1, 1, ([value]) => typeName(value)),
  $isNumber: on(1, 1, ([value]) => isNumber(value)),
};

/** One document of several; a later field replaces the value of an earlier one in its place. */
function mergeObjects(values: readonly Maybe[], name: string): Doc {
  const merged: Doc = new Map();
  for (const value of values) {
    if (isNullish(value)) continue;
    if (!(value instanceof Map)) throw new CommandError(40400, `${name} requires object inputs, but input is of type ${typeName(value)}`);
    for (const [field, inner] of value) merged.set(field, inner);
  }
  return merged;
}
