import { compareValues, equalValues, valueKey } from './compare.ts';
import { CommandError } from './errors.ts';
import { arrayOf, bind, compile, inTurn, isNullish, many, on, partsOf, strict, wholeOf } from './expression.ts';
import type { Env, Evaluate, Operator, Operators, Scope } from './expression.ts';
import { Int32, isNumber, toInteger, truthy, typeName, type Doc, type Maybe, type Value } from './model.ts';
import { compileSort, sortBy } from './sort.ts';

/** How the N first, last, greatest or least of many values are taken. */
export const takers: Readonly<Record<string, (values: readonly Value[], n: number) => Value[]>> = {
  $firstN: (values, n) => values.slice(0, n),
  $lastN: (values, n) => values.slice(-n),
  $maxN: (values, n) => ordered(values).reverse().slice(0, n),
  $minN: (values, n) => ordered(values).slice(0, n),
};

const ordered = (values: readonly Value[]): Value[] => values.filter((value) => value !== null).sort(compareValues);

/** The operators on arrays. */
export const arrays: Operators = {
  $size: on(1, 1, ([value], name) => new Int32(arrayOf(value, 17124, name).length)),
  $isArray: on(1, 1, ([value]) => Array.isArray(value)),
  $arrayElemAt: strict(2, 2, ([value, index], name) => arrayOf(value, 28689, name).at(wholeOf(index, 28690, name))),
  $first: strict(1, 1, ([value], name) => arrayOf(value, 28689, name).at(0)),
  $last: strict(1, 1, ([value], name) => arrayOf(value, 28689, name).at(-1)),
  $slice: on(2, 3, slice),
  $in: on(2, 2, ([value, values], name) => arrayOf(values, 40081, name).some((item) => equalValues(item, value))),
  $concatArrays: on(0, many, (values, name) => inTurn(values, (value) => arrayOf(value, 28664, name))?.flat() ?? null),
  $reverseArray: strict(1, 1, ([value], name) => arrayOf(value, 34435, name).toReversed()),
  $sortArray: (argument, scope, name) => {
    const [input, by = null] = partsOf(argument, name, [2942500, 2942501], { input: 2942502, sortBy: 2942503 });
    if (!(by instanceof Map) && Math.abs(toInteger(by) ?? 0) !== 1) throw new CommandError(2942505, 'Illegal sortBy for $sortArray');
    return strict(1, 1, ([values]) => sortValues(arrayOf(values, 2942504, name), by))([input ?? null], scope, name);
  },
  $range: on(2, 3, ([start, end, step = new Int32(1)], name) => {
    const [from, to, by] = [wholeOf(start, 34443, name), wholeOf(end, 34445, name), wholeOf(step, 34447, name)];
    if (by === 0) throw new CommandError(34449, '$range requires a non-zero step value');
    const count = Math.max(0, Math.ceil((to - from) / by));
    if (count > 5_000_000) throw new CommandError(146, '$range would use too much memory');
    return Array.from({ length: count }, (_, i) => new Int32(from + i * by));
  }),
  $map: (argument, scope, name) => {
    const [input, as, body] = partsOf(argument, name, [16878, 16879], { input: 16880, as: 'this', in: 16882 });
    const evaluate = compile(body, bind(scope, as));
    return overArray(input, 16883, scope, name, (values, doc, env) =>
      values.map((item) => {
        env.slots[scope.length] = item;
        return evaluate(doc, env) ?? null;
      }),
    );
  },
  $filter: (argument, scope, name) => {
    const [input, as, cond, limit] = partsOf(argument, name, [28646, 28647], { input: 28648, as: 'this', cond: 28650, limit: null });
    const test = compile(cond, bind(scope, as));
    const most = compile(limit, scope);
    return overArray(input, 28651, scope, name, (values, doc, env) => {
      const max = most(doc, env);
      const limitTo = isNullish(max) ? Infinity : toInteger(max);
      if (limitTo === undefined) throw new CommandError(327391, '$filter: limit must be a whole number');
      if (limitTo < 1) throw new CommandError(327392, '$filter: limit must be greater than 0');
      const kept: Value[] = [];
      for (const item of values) {
        env.slots[scope.length] = item;
        if (truthy(test(doc, env)) && kept.push(item) >= limitTo) break;
      }
      return kept;
    });
  },
  $reduce: (argument, scope, name) => {
    const [input, initialValue, body] = partsOf(argument, name, [40075, 40076], { input: 40077, initialValue: 40078, in: 40079 });
    const initial = compile(initialValue, scope);
    const evaluate = compile(body, bind(bind(scope, 'this'), 'value'));
    return overArray(input, 40080, scope, name, (values, doc, env) => {
      let result = initial(doc, env);
      for (const item of values) {
        [env.slots[scope.length], env.slots[scope.length + 1]] = [item, result];
        result = evaluate(doc, env);
      }
      return result;
    });
  },
  ...Object.fromEntries(Object.entries(takers).map(([name, take]) => [name, taking(take)])),
};

type OverArray = (values: readonly Value[], doc: Doc, env: Env) => Maybe;

/** An operator that works through an array; null when there is none. */
function overArray(input: Maybe, code: number, scope: Scope, name: string, apply: OverArray): Evaluate {
  const evaluate = compile(input, scope);
  return (doc, env) => {
    const values = evaluate(doc, env);
    return isNullish(values) ? null : apply(arrayOf(values, code, name), doc, env);
  };
}

function slice([value, second, third]: readonly Maybe[], name: string): Maybe {
  if (isNullish(value) || isNullish(second)) return null;
  const values = arrayOf(value, 28724, name);
  const start = wholeOf(second, 28725, name);
  if (third === null) return null;
  if (third === undefined) return start < 0 ? values.slice(start) : values.slice(0, start);
  const count = wholeOf(third, 28727, name);
  if (count <= 0) throw new CommandError(28729, 'Third argument to $slice must be positive');
  const from = start < 0 ? Math.max(values.length + start, 0) : start;
  return values.slice(from, from + count);
}

/** Sorts values whole (by 1 or -1) or by their fields (what is no document counts as one without fields). */
export function sortValues(values: readonly Value[], by: Value): Value[] {
  if (by instanceof Map)
    return sortBy(values, compileSort(by), (value) => (value instanceof Map ? value : new Map<string, Value>()), Infinity);
  const sign = toInteger(by) === -1 ? -1 : 1;
  return values.toSorted((a, b) => sign * compareValues(a, b));
}

/** The `n` and the `input` of $firstN and its like. */
export function takeParts(argument: Value, scope: Scope, name: string): { n: (doc: Doc, env: Env) => number; input: Evaluate } {
  const parts = partsOf(argument, name, [5787801, 5787901], { n: 5787906, input: 5787907 });
  const [n, input] = [compile(parts[0], scope), compile(parts[1], scope)];
  return { n: (doc, env) => positive(n(doc, env)), input };
}

function taking(take: (values: readonly Value[], n: number) => Value[]): Operator {
  return (argument, scope, name) => {
    const { n, input } = takeParts(argument, scope, name);
    return (doc, env) => take(arrayOf(input(doc, env), 5788200, name), n(doc, env));
  };
}

/** The `n` of $firstN and its like. */
export function positive(value: Maybe): number {
  const n = toInteger(value);
  if (n === undefined) throw new CommandError(isNumber(value) ? 5787903 : 5787902, "Value for 'n' must be of integral type");
  if (n <= 0) throw new CommandError(5787908, "'n' must be greater than 0");
  return n;
}

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
