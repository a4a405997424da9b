import { compareValues, valueKey } from './compare.ts';
import { CommandError } from './errors.ts';
import { binary, compile, isNullish, nullSafe, rawParts, several, unary } from './expression.ts';
import type { Evaluate, Operator } from './expression.ts';
import { list } from './expressions-array.ts';
import { truthy, typeName } from './model.ts';
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

/** The operators on documents. */
export const objects: Readonly<Record<string, Operator>> = {
  $mergeObjects: several(0, many, mergeObjects),
  $objectToArray: unary(
    nullSafe((value) => {
      if (!(value instanceof Map)) throw new CommandError(40390, `$objectToArray requires a document input, found: ${typeName(value)}`);
      return [...value].map(
        ([name, inner]) =>
          new Map<string, Value>([
            ['k', name],
            ['v', inner],
          ]),
      );
    }),
  ),
  $arrayToObject: unary(nullSafe((value) => new Map(list(value, 40386, '$arrayToObject requires an array input').map(pair)))),
  $getField: getField,
  $setField: (argument, scope, name) =>
    setField(rawParts(argument, name, ['field', 'input', 'value'], { form: 4161100, unknown: 4161101, missing: 4161102 }), scope, name),
  $unsetField: (argument, scope, name) =>
    setField(rawParts(argument, name, ['field', 'input'], { form: 4161100, unknown: 4161101, missing: 4161102 }), scope, name),
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

function pair(item: Value): [string, Value] {
  if (item instanceof Map) {
    const [name, value] = [item.get('k'), item.get('v')];
    if (item.size !== 2)
      throw new CommandError(40392, "$arrayToObject requires an object keys of 'k' and 'v'. Found incorrect number of keys");
    if (name === undefined || value === undefined) throw new CommandError(40393, "$arrayToObject requires an object with keys 'k' and 'v'");
    return [key(name, 40394), value];
  }
  if (!Array.isArray(item)) throw new CommandError(40398, `Unrecognised input type format for $arrayToObject: ${typeName(item)}`);
  const [name = null, value] = item;
  if (item.length !== 2 || value === undefined) throw new CommandError(40397, '$arrayToObject requires an array of size 2 arrays');
  return [key(name, 40395), value];
}

function key(name: Value, code: number): string {
  if (typeof name !== 'string') throw new CommandError(code, `$arrayToObject requires keys of type string, found ${typeName(name)}`);
  if (name.includes('\0')) throw new CommandError(4940400, 'Key field cannot contain an embedded null byte');
  return name;
}

function fieldName(value: Maybe, name: string): string {
  const literal = value instanceof Map ? value.get('$literal') : value;
  if (typeof literal !== 'string' || (literal === value && literal.startsWith('$')))
    throw new CommandError(5654601, `${name} requires 'field' to evaluate to a constant string`);
  return literal;
}

function getField(...[argument, scope, name]: Parameters<Operator>): Evaluate {
  const long = argument instanceof Map && !argument.has('$literal');
  const parts = long
    ? rawParts(argument, name, ['field', 'input'], { unknown: 3041701, missing: { field: 3041702, input: 3041703 } })
    : undefined;
  const field = fieldName(parts === undefined ? argument : parts.get('field'), name);
  const input = compile(parts?.get('input') ?? '$$CURRENT', scope);
  return (doc, env) => {
    const value = input(doc, env);
    if (value === null) return null;
    return value instanceof Map ? value.get(field) : undefined;
  };
}

function setField(parts: Doc, scope: Parameters<Operator>[1], name: string): Evaluate {
  const field = fieldName(parts.get('field'), name);
  const input = compile(parts.get('input') ?? null, scope);
  const value = compile(parts.get('value') ?? '$$REMOVE', scope);
  return (doc, env) => {
    const before = input(doc, env);
    if (isNullish(before)) return null;
    if (!(before instanceof Map)) throw new CommandError(4161105, `${name} requires 'input' to evaluate to type Object`);
    const after = new Map(before);
    const set = value(doc, env);
    if (set === undefined) after.delete(field);
    else after.set(field, set);
    return after;
  };
}
