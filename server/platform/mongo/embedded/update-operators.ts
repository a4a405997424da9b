import { compareValues, equalValues, valueKey } from './compare.ts';
import { elementTest, isOperatorDoc, regexCondition } from './conditions.ts';
import { badValue, CommandError, typeMismatch } from './errors.ts';
import { newEnv, newScope } from './expression.ts';
import { sortValues } from './expressions-array.ts';
import { compileMatch } from './matcher.ts';
import { BSONRegExp, Int32, intOrLong, isDoc, isNumber, Long, Timestamp, toInteger, typeName } from './model.ts';
import type { Maybe, NumberValue, Value } from './model.ts';
import { add, LongOverflow, multiply, toBigInt } from './numbers.ts';

/** What an operator makes of the value at its path; undefined leaves the field away. */
export type Change = (value: Maybe, now: Date) => Maybe;

/** Every update operator but $rename and $setOnInsert, which look beyond their field. */
export const changes: Readonly<Record<string, (operand: Value, path: string) => Change>> = {
  $set: (operand) => () => operand,
  $unset: () => () => undefined,
  $inc: (operand, path) => calculated('$inc', operand, path, operand, (a, b) => add(a, b, true)),
  $mul: (operand, path) =>
    calculated('$mul', operand, path, isNumber(operand) ? multiply(operand, new Int32(0)) : null, (a, b) => multiply(a, b, true)),
  $min: (operand) => (value) => (value === undefined || compareValues(operand, value) < 0 ? operand : value),
  $max: (operand) => (value) => (value === undefined || compareValues(operand, value) > 0 ? operand : value),
  $currentDate: currentDate,
  $bit: bit,
  $push: push,
  $addToSet: addToSet,
  $pull: pull,
  $pullAll: (operand, path) => {
    if (!Array.isArray(operand)) throw badValue(`$pullAll requires an array argument but was given a ${typeName(operand)}`);
    const keys = new Set(operand.map(valueKey));
    return (value) => without(value, path, '$pullAll', (item) => keys.has(valueKey(item)));
  },
  $pop: (operand, path) => {
    const side = toInteger(operand);
    if (side !== 1 && side !== -1) throw new CommandError(9, `$pop expects 1 or -1, found: ${side ?? typeName(operand)}`);
    return (value) => {
      if (value === undefined) return undefined;
      if (!Array.isArray(value)) throw typeMismatch(`Path '${path}' contains an element of non-array type '${typeName(value)}'`);
      return side === 1 ? value.slice(0, -1) : value.slice(1);
    };
  },
};

function calculated(
  name: string,
  operand: Value,
  path: string,
  absent: Maybe,
  apply: (a: NumberValue, b: NumberValue) => NumberValue,
): Change {
  if (!isNumber(operand))
    throw typeMismatch(`Cannot ${name === '$inc' ? 'increment' : 'multiply'} with non-numeric argument: {${path}: ${typeName(operand)}}`);
  return (value) => {
    if (value === undefined) return absent;
    if (!isNumber(value))
      throw typeMismatch(`Cannot apply ${name} to a value of non-numeric type. The field '${path}' is of type ${typeName(value)}`);
    try {
      return apply(value, operand);
    } catch (error) {
      if (error instanceof LongOverflow)
        throw badValue(`Failed to apply ${name} operations to current value of '${path}': integer overflow`);
      throw error;
    }
  };
}

let lastTimestamp = 0n;

function currentDate(operand: Value): Change {
  const type = operand instanceof Map ? operand.get('$type') : 'date';
  if (operand !== true && operand !== false && !(operand instanceof Map && operand.size === 1))
    throw badValue(
      `${typeName(operand)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}).`,
    );
  if (type !== 'date' && type !== 'timestamp') throw badValue("The '$type' string field is required to be 'date' or 'timestamp'");
  if (type === 'date') return (_, now) => now;
  return (_, now) => {
    const first = (BigInt(Math.floor(now.getTime() / 1000)) << 32n) | 1n;
    lastTimestamp = first > lastTimestamp ? first : lastTimestamp + 1n;
    return new Timestamp(lastTimestamp);
  };
}

const bitwise: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

function bit(operand: Value, path: string): Change {
  if (!(operand instanceof Map) || operand.size === 0)
    throw badValue(
      `The $bit modifier is not compatible with a ${typeName(operand)}. You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}`,
    );
  const steps = [...operand].map(([name, mask]) => {
    const apply = bitwise[name];
    if (apply === undefined)
      throw badValue(`The $bit modifier only supports 'and', 'or', and 'xor', not '${name}' which is an unknown operator`);
    if (!isWhole(mask))
      throw badValue(`The $bit modifier field must be an Integer(32/64 bit); a '${typeName(mask)}' is not supported here`);
    return { apply, mask };
  });
  return (value) => {
    if (value !== undefined && !isWhole(value))
      throw badValue(`Cannot apply $bit to a value of non-integral type. '${path}' has the field of non-integer type ${typeName(value)}`);
    const isLong = value instanceof Long || steps.some(({ mask }) => mask instanceof Long);
    const result = steps.reduce((bits, { apply, mask }) => apply(bits, toBigInt(mask)), value === undefined ? 0n : toBigInt(value));
    return isLong ? Long.fromBigInt(result) : intOrLong(result);
  };
}

function isWhole(value: Value): value is Int32 | Long {
  return isNumber(value) && (value instanceof Int32 || value instanceof Long);
}

function push(operand: Value, path: string): Change {
  const isLong = operand instanceof Map && operand.has('$each');
  const values = isLong ? each(operand.get('$each') ?? null, badValue) : [operand];
  const modifiers = isLong ? pushModifiers(operand) : undefined;
  return (value) => {
    if (value !== undefined && !Array.isArray(value))
      throw badValue(`The field '${path}' must be an array but is of type ${typeName(value)}`);
    const before = value ?? [];
    return modifiers === undefined ? [...before, ...values] : modifiers(before, values);
  };
}

function each(values: Value, error: (message: string) => CommandError): Value[] {
  if (!Array.isArray(values)) throw error(`The argument to $each must be an array but it was of type: ${typeName(values)}`);
  return values;
}

function pushModifiers(operand: ReadonlyMap<string, Value>): (before: Value[], added: Value[]) => Value[] {
  for (const name of operand.keys())
    if (!['$each', '$slice', '$sort', '$position'].includes(name)) throw badValue(`Unrecognized clause in $push: ${name}`);
  const [slice, position] = [wholeModifier(operand, '$slice'), wholeModifier(operand, '$position')];
  const sort = operand.get('$sort');
  if (sort !== undefined) checkSort(sort);
  return (before, added) => {
    const joined =
      position === undefined
        ? [...before, ...added]
        : before.toSpliced(position < 0 ? Math.max(before.length + position, 0) : position, 0, ...added);
    const ordered = sort === undefined ? joined : sortValues(joined, sort);
    if (slice === undefined) return ordered;
    return slice < 0 ? ordered.slice(slice) : ordered.slice(0, slice);
  };
}

function wholeModifier(operand: ReadonlyMap<string, Value>, name: string): number | undefined {
  const value = operand.get(name);
  if (value === undefined) return undefined;
  const n = toInteger(value);
  if (n === undefined) throw badValue(`The value for ${name} must be an integer value but was given type: ${typeName(value)}`);
  return n;
}

function checkSort(sort: Value): void {
  const directions = sort instanceof Map ? [...sort.values()] : [sort];
  if (directions.length === 0 || directions.some((direction) => Math.abs(toInteger(direction) ?? 0) !== 1))
    throw badValue('The $sort element value must be either 1 or -1');
}

function addToSet(operand: Value, path: string): Change {
  const isLong = operand instanceof Map && operand.has('$each');
  if (isLong && operand.size > 1) throw badValue('Found unexpected fields after $each in $addToSet');
  const values = isLong ? each(operand.get('$each') ?? null, typeMismatch) : [operand];
  return (value) => {
    if (value !== undefined && !Array.isArray(value))
      throw badValue(`Cannot apply $addToSet to non-array field. Field named '${path}' has non-array type ${typeName(value)}`);
    const known = new Set((value ?? []).map(valueKey));
    const fresh = values.filter((item) => known.size !== known.add(valueKey(item)).size);
    return fresh.length === 0 && value !== undefined ? value : [...(value ?? []), ...fresh];
  };
}

/** Removes what a condition finds: operators on the element, a filter on documents, else equal values. */
function pull(operand: Value, path: string): Change {
  const env = newEnv(new Date());
  const test = pullTest(operand);
  return (value) => without(value, path, '$pull', (item) => test(item, env));
}

function pullTest(operand: Value): ReturnType<typeof elementTest> {
  if (operand instanceof BSONRegExp) {
    const condition = regexCondition(operand, undefined);
    return (item, env) => condition.onValue(item, env);
  }
  if (!isDoc(operand)) return (item) => equalValues(item, operand);
  const test = elementTest(operand, (filter) => compileMatch(filter, newScope()));
  return isOperatorDoc(operand) ? test : (item, env) => item instanceof Map && test(item, env);
}

function without(value: Maybe, path: string, name: string, isOut: (item: Value) => boolean): Maybe {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw badValue(`Cannot apply ${name} to a non-array value: '${path}' is of type ${typeName(value)}`);
  return value.filter((item) => !isOut(item));
}
