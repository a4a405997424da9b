import { compareValues, equalValues, valueKey } from './compare.ts';
import { badValue, failedToParse, refuse, typeMismatch } from './errors.ts';
import { newScope, type Env } from './expression.ts';
import { sortValues } from './expressions-array.ts';
import { elementTest, isOperatorDoc, type Test } from './matcher.ts';
import { BSONRegExp, Double, entryOf, Int32, intOrLong, isDoc, isNumber, Long, toInteger, typeName } from './model.ts';
import type { Doc, Maybe, Value } from './model.ts';
import { add, multiply, toBigInt, type Calculation } from './numbers.ts';
import { regexOf } from './regex.ts';

/** What one application of an update needs. */
export interface Run {
  readonly original: Doc;
  readonly env: Env;
  readonly isInsert: boolean;
  /** Which element the positional `$` means. @throws CommandError 2 when there is none */
  readonly position: () => number;
}

/** What an operator makes of the value at its path; undefined leaves the field away. */
export type Change = (value: Maybe, run: Run) => Maybe;

/** Every update operator but $rename, which looks beyond its field. */
export const changes: Readonly<Record<string, (operand: Value, path: string) => Change>> = {
  $set: (operand) => () => operand,
  $setOnInsert: (operand) => (value, run) => (run.isInsert ? operand : value),
  $unset: () => () => undefined,
  $inc: (operand, path) => calculated(operand, path, add, 1),
  $mul: (operand, path) => calculated(operand, path, multiply, 0),
  $min: (operand) => (value) => (value === undefined || compareValues(operand, value) < 0 ? operand : value),
  $max: (operand) => (value) => (value === undefined || compareValues(operand, value) > 0 ? operand : value),
  $currentDate: (operand) => {
    const type = typeof operand === 'boolean' ? 'date' : operand instanceof Map && operand.size === 1 && operand.get('$type');
    if (type === 'timestamp') throw refuse('$currentDate with a timestamp');
    if (type !== 'date') throw badValue("$currentDate takes a boolean or { $type: 'date' }");
    return (_, { env }) => env.now;
  },
  $bit: bit,
  $push: push,
  $addToSet: (operand, path) => {
    const isList = operand instanceof Map && operand.has('$each');
    if (isList && operand.size > 1) throw badValue('Found unexpected fields after $each in $addToSet');
    const values = isList ? arrayOf(operand.get('$each'), typeMismatch) : [operand];
    return onArray(path, [], (list) => {
      const known = new Set(list.map(valueKey));
      return [...list, ...values.filter((item) => known.size !== known.add(valueKey(item)).size)];
    });
  },
  $pull: (operand, path) => {
    const isOut = pullTest(operand);
    return onArray(path, undefined, (list, { env }) => list.filter((item) => !isOut(item, env)));
  },
  $pullAll: (operand, path) => {
    const keys = new Set(arrayOf(operand).map(valueKey));
    return onArray(path, undefined, (list) => list.filter((item) => !keys.has(valueKey(item))));
  },
  $pop: (operand, path) => {
    const side = toInteger(operand);
    if (side !== 1 && side !== -1) throw failedToParse(`$pop expects 1 or -1, found: ${side ?? typeName(operand)}`);
    return onArray(path, undefined, (list) => (side === 1 ? list.slice(0, -1) : list.slice(1)), typeMismatch);
  },
};

/** An operator on an array; `absent` stands for one that is missing (undefined: it stays so). */
function onArray(path: string, absent: Maybe, apply: (list: Value[], run: Run) => Value[], error = badValue): Change {
  return (value = absent, run) => {
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw error(`an array operator cannot be applied to '${path}': it is of type ${typeName(value)}`);
    return apply(value, run);
  };
}

function arrayOf(operand: Maybe, error = badValue): Value[] {
  if (!Array.isArray(operand)) throw error(`the operator takes an array but was given: ${typeName(operand)}`);
  return operand;
}

/** $inc and $mul; an absent field becomes the operand, or zero of its type. */
function calculated(operand: Value, path: string, apply: Calculation, absent: 0 | 1): Change {
  if (!isNumber(operand)) throw typeMismatch(`Cannot increment or multiply with non-numeric argument: {${path}: ${typeName(operand)}}`);
  return (value) => {
    if (value === undefined) return multiply(operand, new Int32(absent));
    if (!isNumber(value))
      throw typeMismatch(`Cannot calculate with a value of non-numeric type. The field '${path}' is of type ${typeName(value)}`);
    const result = apply(value, operand);
    if (result instanceof Double && !(value instanceof Double || operand instanceof Double))
      throw badValue(`Failed to change the current value of '${path}': integer overflow`);
    return result;
  };
}

const bitwise: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

function bit(operand: Value, path: string): Change {
  if (!(operand instanceof Map) || operand.size === 0) throw badValue('$bit takes a document: {$bit: {field: {and/or/xor: #}}');
  const steps = [...operand].map(([name, mask]) => {
    const apply = entryOf(bitwise, name);
    if (apply === undefined) throw badValue(`The $bit modifier only supports 'and', 'or', and 'xor', not '${name}'`);
    return { apply, mask: wholeNumber(mask, path) };
  });
  return (value = new Int32(0)) => {
    const own = wholeNumber(value, path);
    const isLong = [own, ...steps.map(({ mask }) => mask)].some((one) => one instanceof Long);
    const result = steps.reduce((bits, { apply, mask }) => apply(bits, toBigInt(mask)), toBigInt(own));
    return isLong ? Long.fromBigInt(result) : intOrLong(result);
  };
}

function wholeNumber(value: Value, path: string): Int32 | Long {
  if (isNumber(value) && (value instanceof Int32 || value instanceof Long)) return value;
  throw badValue(`$bit works on integers only, on '${path}' there is a ${typeName(value)}`);
}

function push(operand: Value, path: string): Change {
  const modifiers: Doc = operand instanceof Map && operand.has('$each') ? operand : new Map([['$each', [operand]]]);
  for (const name of modifiers.keys())
    if (!['$each', '$slice', '$sort', '$position'].includes(name)) throw badValue(`Unrecognized clause in $push: ${name}`);
  const values = arrayOf(modifiers.get('$each'));
  const [slice, position] = ['$slice', '$position'].map((name) => {
    const n = toInteger(modifiers.get(name));
    if (n === undefined && modifiers.has(name)) throw badValue(`The value for ${name} must be an integer`);
    return n;
  });
  const sort = modifiers.get('$sort');
  const directions = sort instanceof Map ? [...sort.values()] : [sort ?? new Int32(1)];
  if (directions.length === 0 || directions.some((direction) => Math.abs(toInteger(direction) ?? 0) !== 1))
    throw badValue('The $sort element value must be either 1 or -1');
  return onArray(path, [], (list) => {
    const at = position ?? list.length;
    const joined = [...list.slice(0, at), ...values, ...list.slice(at)];
    const ordered = sort === undefined ? joined : sortValues(joined, sort);
    if (slice === undefined) return ordered;
    return slice < 0 ? ordered.slice(slice) : ordered.slice(0, slice);
  });
}

/** What $pull removes: what a condition finds (operators on the element, a filter on documents), else equal values. */
function pullTest(operand: Value): Test {
  if (operand instanceof BSONRegExp) {
    const regex = regexOf(operand);
    return (item) => typeof item === 'string' && regex.test(item);
  }
  if (!isDoc(operand)) return (item) => equalValues(item, operand);
  const test = elementTest(operand, newScope());
  return isOperatorDoc(operand) ? test : (item, env) => item instanceof Map && test(item, env);
}
