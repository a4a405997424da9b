import { compareNumbers, compareValues, equalValues, valueKey } from './compare.ts';
import { badValue, refuse } from './errors.ts';
import type { Env } from './expression.ts';
import { BSONRegExp, Double, isNumber, orderOf, toInteger, toNumber, truthy, typeName, typeNames, typeNumber } from './model.ts';
import type { Doc, Maybe, NumberValue, Value } from './model.ts';
import { remainder, roundTo } from './numbers.ts';
import { visitPath } from './paths.ts';
import { regexOf } from './regex.ts';
import { refusedNames } from './supported.ts';
import { intOrLong } from './model.ts';

/** Where the positional `$` points: the index of the array element that satisfied a condition. */
export interface Hit {
  index: number;
}

/** A compiled filter or part of one. */
export type Predicate = (doc: Doc, env: Env, hit?: Hit) => boolean;

/** A compiled operator: applied to a path of a document, or to one value (inside $elemMatch). */
export interface Condition {
  onPath(parts: readonly string[]): Predicate;
  onValue(value: Maybe, env: Env, hit?: Hit): boolean;
}

type Test = (value: Maybe, env: Env, hit?: Hit) => boolean;
type CompileFilter = (filter: Doc) => Predicate;

/** Whether the value is a document of operators. A DBRef ($ref, $id, $db) is an ordinary document. */
export function isOperatorDoc(value: Value): value is Doc {
  if (!(value instanceof Map)) return false;
  const [first] = value.keys();
  return first !== undefined && first.startsWith('$') && first !== '$ref' && first !== '$id' && first !== '$db';
}

/** Compiles `{ $gt: 1, $lt: 5 }`: one condition per operator. */
export function conditionFor(operators: Doc, compileFilter: CompileFilter): Condition[] {
  if (operators.has('$options') && !operators.has('$regex')) throw badValue('$options needs a $regex');
  return [...operators].flatMap(([name, operand]) =>
    name === '$options' ? [] : [operatorCondition(name, operand, operators, compileFilter)],
  );
}

function operatorCondition(name: string, operand: Value, all: Doc, compileFilter: CompileFilter): Condition {
  const compiler = conditions[name];
  if (compiler !== undefined) return compiler(operand, compileFilter, all);
  if (refusedNames.query.includes(name)) throw refuse(`query operator ${name}`);
  throw badValue(`unknown operator: ${name}`);
}

/** Every operator on a field. */
export const conditions: Readonly<Record<string, (operand: Value, compileFilter: CompileFilter, all: Doc) => Condition>> = {
  $eq: equality,
  $ne: (operand) => negated([operand instanceof BSONRegExp ? invalid("Can't have regex as arg to $ne.") : equality(operand)]),
  $gt: (operand) => comparison(operand, (order) => order > 0, false),
  $gte: (operand) => comparison(operand, (order) => order >= 0, true),
  $lt: (operand) => comparison(operand, (order) => order < 0, false),
  $lte: (operand) => comparison(operand, (order) => order <= 0, true),
  $in: (operand) => membership('$in', operand),
  $nin: (operand) => negated([membership('$nin', operand)]),
  $not: (operand, compileFilter) => negated(negatable(operand, compileFilter)),
  $exists: (operand) => (truthy(operand) ? exists : negated([exists])),
  $type: typeCondition,
  $regex: (operand, _, all) => regexCondition(operand, all.get('$options')),
  $mod: modulo,
  $size: size,
  $all: allOf,
  $elemMatch: elementMatch,
};

function invalid(message: string): never {
  throw badValue(message);
}

/** Builds a condition from a test of single values; `openLeaf`: an array at the end of the path is tested by its elements too. */
function tested(test: Test, openLeaf = true): Condition {
  const onPath = (parts: readonly string[]): Predicate => {
    const [first = ''] = parts;
    return (doc, env, hit) => {
      const value = parts.length === 1 ? doc.get(first) : undefined;
      if (parts.length === 1 && !Array.isArray(value)) return test(value, env, hit);
      return visitPath(doc, parts, 0, openLeaf, (found, element) => {
        if (!test(found, env, hit)) return false;
        if (hit !== undefined && element >= 0) hit.index = element;
        return true;
      });
    };
  };
  return { onPath, onValue: test };
}

function negated(list: readonly Condition[]): Condition {
  return {
    onPath: (parts) => {
      const predicates = list.map((condition) => condition.onPath(parts));
      return (doc, env) => !predicates.every((predicate) => predicate(doc, env));
    },
    onValue: (value, env) => !list.every((condition) => condition.onValue(value, env)),
  };
}

function negatable(operand: Value, compileFilter: CompileFilter): Condition[] {
  if (operand instanceof BSONRegExp) return [regexCondition(operand, undefined)];
  if (!isOperatorDoc(operand)) throw badValue('$not needs a regex or a document');
  return conditionFor(operand, compileFilter);
}

/** Equality; null also means missing. */
export function equality(operand: Value): Condition {
  if (operand === null) return tested((value) => value === null || value === undefined);
  if (typeof operand === 'string') return tested((value) => value === operand);
  return tested((value) => value !== undefined && equalValues(value, operand));
}

function comparison(operand: Value, accept: (order: number) => boolean, orEqual: boolean): Condition {
  if (operand instanceof BSONRegExp) throw badValue("Can't have RegEx as arg to predicate");
  if (operand === null) return orEqual ? equality(null) : tested(() => false);
  const type = orderOf(operand);
  if (isNumber(operand)) return tested((value) => isNumber(value) && acceptNumber(value, operand, accept, orEqual));
  return tested((value) => orderOf(value) === type && accept(compareValues(value, operand)));
}

/** NaN is neither above nor below anything; it equals itself. */
function acceptNumber(value: NumberValue, operand: NumberValue, accept: (order: number) => boolean, orEqual: boolean): boolean {
  const nans = Number(isNaNumber(value)) + Number(isNaNumber(operand));
  return nans === 0 ? accept(compareNumbers(value, operand)) : nans === 2 && orEqual;
}

function isNaNumber(value: NumberValue): boolean {
  return value instanceof Double && Number.isNaN(value.value);
}

function membership(name: string, operand: Value): Condition {
  if (!Array.isArray(operand)) throw badValue(`${name} needs an array`);
  if (operand.some(isOperatorDoc)) throw badValue(`cannot nest $ under ${name}`);
  const regexes = operand.filter((value) => value instanceof BSONRegExp).map((value) => regexOf(value, undefined));
  const keys = new Set(operand.map(valueKey));
  if (keys.has('z')) keys.add('u'); // null also finds what is missing
  return tested((value) => keys.has(valueKey(value)) || (typeof value === 'string' && regexes.some((regex) => regex.test(value))));
}

const exists: Condition = tested((value) => value !== undefined, false);

function typeCondition(operand: Value): Condition {
  const list = Array.isArray(operand) ? operand : [operand];
  if (list.length === 0) throw badValue('$type must match at least one type');
  const codes = new Set(list.flatMap(typeCodes));
  return tested((value) => value !== undefined && codes.has(typeNumber(value)));
}

function typeCodes(type: Value): number[] {
  if (type === 'number') return [1, 16, 18, 19];
  const code = typeof type === 'string' ? [...typeNames].find(([, name]) => name === type)?.[0] : toInteger(type);
  if (code === undefined || !typeNames.has(code))
    throw badValue(`Unknown type name alias or code: ${typeof type === 'string' ? type : typeName(type)}`);
  return [code];
}

/** A regular expression looks at strings only (MongoDB also finds an equal stored regular expression). */
export function regexCondition(operand: Value, options: Maybe): Condition {
  const regex = regexOf(operand, options);
  return tested((value) => typeof value === 'string' && regex.test(value));
}

function modulo(operand: Value): Condition {
  if (!Array.isArray(operand) || operand.length !== 2) throw badValue('malformed mod, needs to be an array of two elements');
  const [divisor, rest] = operand.map(wholeNumber);
  if (divisor === undefined || rest === undefined) throw badValue('malformed mod, divisor and remainder must be numbers');
  if (toNumber(divisor) === 0) throw badValue('divisor cannot be 0');
  return tested((value) => {
    const whole = wholeNumber(value);
    return whole !== undefined && compareNumbers(remainder(whole, divisor), rest) === 0;
  });
}

/** The number without its fraction; undefined for what is no finite number. */
function wholeNumber(value: Maybe): NumberValue | undefined {
  if (!isNumber(value) || !Number.isFinite(toNumber(value))) return undefined;
  const cut = roundTo(value, 0, 'down');
  return cut instanceof Double && Number.isSafeInteger(cut.value) ? intOrLong(cut.value) : cut;
}

function size(operand: Value): Condition {
  const wanted = toInteger(operand);
  if (wanted === undefined) throw badValue('$size must be a whole number');
  if (wanted < 0) throw badValue('$size may not be negative');
  return tested((value) => Array.isArray(value) && value.length === wanted, false);
}

function allOf(operand: Value, compileFilter: CompileFilter): Condition {
  if (!Array.isArray(operand)) throw badValue('$all needs an array');
  const list = operand.map((item) => {
    if (item instanceof BSONRegExp) return regexCondition(item, undefined);
    if (!isOperatorDoc(item)) return equality(item);
    const inner = item.get('$elemMatch');
    if (inner === undefined || !operand.every(isOperatorDoc)) throw badValue('no $ expressions in $all');
    return elementMatch(inner, compileFilter);
  });
  return {
    onPath: (parts) => {
      const predicates = list.map((condition) => condition.onPath(parts));
      return (doc, env, hit) => predicates.length > 0 && predicates.every((predicate) => predicate(doc, env, hit));
    },
    onValue: (value, env) => list.length > 0 && list.every((condition) => condition.onValue(value, env)),
  };
}

function elementMatch(operand: Value, compileFilter: CompileFilter): Condition {
  if (!(operand instanceof Map)) throw badValue('$elemMatch needs an Object');
  const element = elementTest(operand, compileFilter);
  return tested((value, env, hit) => {
    if (!Array.isArray(value)) return false;
    const index = value.findIndex((item) => element(item, env));
    if (hit !== undefined && index >= 0) hit.index = index;
    return index >= 0;
  }, false);
}

const logical = ['$and', '$or', '$nor', '$expr', '$comment'];

/** The test of one array element: by operators on the element itself, or by a filter on it as a document. */
export function elementTest(operand: Doc, compileFilter: CompileFilter): Test {
  const [first = ''] = operand.keys();
  if (isOperatorDoc(operand) && !logical.includes(first)) {
    const list = conditionFor(operand, compileFilter);
    return (value, env) => list.every((condition) => condition.onValue(value, env));
  }
  const matches = compileFilter(operand);
  return (value, env) => {
    if (value instanceof Map) return matches(value, env);
    return Array.isArray(value) && matches(new Map(value.map((item, i) => [String(i), item])), env);
  };
}
