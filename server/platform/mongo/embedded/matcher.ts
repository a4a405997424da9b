import { compareValues, equalValues, valueKey } from './compare.ts';
import { badValue, refuse, typeMismatch } from './errors.ts';
import { isNullish, newEnv, newScope, type Env, type Scope } from './expression.ts';
import { compile } from './expressions.ts';
import { BSONRegExp, Double, entryOf, orderOf, toInteger, truthy, typeNames, typeNumber } from './model.ts';
import type { Doc, Maybe, Value } from './model.ts';
import { visitPath } from './paths.ts';
import { regexOf } from './regex.ts';
import { refusedNames } from './supported.ts';

/** Where the positional `$` points: the index of the array element that satisfied a condition. */
interface Hit {
  index: number;
}

/** A compiled filter, or a part of one, held against a document or a value in it. */
export type Test = (value: Maybe, env: Env, hit?: Hit) => boolean;

/** A compiled operator, ready for a path of a document; without one it tests a value as it stands (an element, for $elemMatch). */
type Condition = (parts?: readonly string[]) => Test;

/** @throws CommandError 2 for an unknown operator or a wrong argument, 238 for a known operator that the engine has not */
export function compileFilter(filter: Doc): (doc: Doc) => boolean {
  const matches = compileMatch(filter, newScope());
  const env = newEnv(new Date());
  return (doc) => matches(doc, env);
}

/** A filter that tells which array element satisfied it, for the positional `$`; undefined when the document does not match or no array was met. */
export function compilePosition(filter: Doc): (doc: Doc) => number | undefined {
  const matches = compileMatch(filter, newScope());
  const env = newEnv(new Date());
  return (doc) => {
    const hit: Hit = { index: -1 };
    return matches(doc, env, hit) && hit.index >= 0 ? hit.index : undefined;
  };
}

/** The general form: a filter inside a scope of variables. */
export function compileMatch(filter: Value, scope: Scope): Test {
  if (!(filter instanceof Map)) throw typeMismatch('a filter must be an object');
  return every(
    [...filter].map(([name, value]) => {
      if (!name.startsWith('$')) return every(conditionsOn(value, scope).map((condition) => condition(name.split('.'))));
      const clause = clauses[name];
      return clause === undefined ? unknown(name) : clause(value, scope, name);
    }),
  );
}

/** The test of one array element: by operators on the element itself, or by a filter on it as a document. */
export function elementTest(operand: Doc, scope: Scope): Test {
  const [first = ''] = operand.keys();
  if (isOperatorDoc(operand) && clauses[first] === undefined) return every(conditionsOn(operand, scope).map((condition) => condition()));
  const matches = compileMatch(operand, scope);
  return (value, env) => {
    if (value instanceof Map) return matches(value, env);
    return Array.isArray(value) && matches(new Map(value.map((item, i) => [String(i), item])), env);
  };
}

/** Whether the value is a document of operators. A DBRef ($ref, $id, $db) is an ordinary document. */
export function isOperatorDoc(value: Maybe): value is Doc {
  if (!(value instanceof Map)) return false;
  const [first] = value.keys();
  return first !== undefined && first.startsWith('$') && first !== '$ref' && first !== '$id' && first !== '$db';
}

/** What stands at the top of a filter beside fields. */
export const clauses: Readonly<Record<string, (value: Value, scope: Scope, name: string) => Test>> = {
  $and: (value, scope, name) => every(filters(value, scope, name)),
  $or: (value, scope, name) => {
    const tests = filters(value, scope, name);
    return (doc, env, hit) => tests.some((test) => test(doc, env, hit));
  },
  $nor: (value, scope, name) => {
    const tests = filters(value, scope, name);
    return (doc, env) => !tests.some((test) => test(doc, env));
  },
  $expr: (value, scope) => {
    const evaluate = compile(value, scope);
    return (doc, env) => doc instanceof Map && truthy(evaluate(doc, env));
  },
  $comment: () => () => true,
};

function filters(value: Value, scope: Scope, name: string): Test[] {
  if (!Array.isArray(value) || value.length === 0) throw badValue(`${name} must be a nonempty array`);
  return value.map((filter) => {
    if (!(filter instanceof Map)) throw badValue(`${name} argument's entries must be objects`);
    return compileMatch(filter, scope);
  });
}

function every(tests: readonly Test[]): Test {
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return (value, env, hit) => tests.every((test) => test(value, env, hit));
}

function unknown(name: string): never {
  throw refusedNames.query.includes(name) ? refuse(`query operator ${name}`) : badValue(`unknown operator: ${name}`);
}

/** What a filter says of one field: `{ $gt: 1, $lt: 5 }`, a regular expression, or the value it equals. */
function conditionsOn(value: Value, scope: Scope): Condition[] {
  if (!isOperatorDoc(value)) return [value instanceof BSONRegExp ? pattern(value) : equality(value)];
  if (value.has('$options') && !value.has('$regex')) throw badValue('$options needs a $regex');
  return [...value].map(([name, operand]) => entryOf(conditions, name)?.(operand, scope, value) ?? unknown(name));
}

/** Every operator on a field. */
export const conditions: Readonly<Record<string, (operand: Value, scope: Scope, all: Doc) => Condition>> = {
  $eq: equality,
  $ne: (operand) => negated([equality(noRegex(operand))]),
  $gt: (operand) => comparison(operand, (order) => order > 0),
  $gte: (operand) => comparison(operand, (order) => order >= 0),
  $lt: (operand) => comparison(operand, (order) => order < 0),
  $lte: (operand) => comparison(operand, (order) => order <= 0),
  $in: membership,
  $nin: (operand) => negated([membership(operand)]),
  $not: (operand, scope) => {
    if (!(operand instanceof BSONRegExp) && !isOperatorDoc(operand)) throw badValue('$not needs a regex or a document');
    return negated(conditionsOn(operand, scope));
  },
  $exists: (operand) => (truthy(operand) ? exists : negated([exists])),
  $type: (operand) => {
    const codes = new Set((Array.isArray(operand) ? operand : [operand]).flatMap(typeCodes));
    if (codes.size === 0) throw badValue('$type must match at least one type');
    return tested((value) => value !== undefined && codes.has(typeNumber(value)));
  },
  $regex: (operand, _, all) => pattern(operand, all.get('$options')),
  $options: () => () => () => true,
  $size: (operand) => {
    const wanted = toInteger(operand) ?? -1;
    if (wanted < 0) throw badValue('$size must be a whole number, and not negative');
    return tested((value) => Array.isArray(value) && value.length === wanted, false);
  },
  $all: allOf,
  $elemMatch: elementMatch,
};

/** A condition made of a test of single values; `openLeaf`: an array at the end of the path is tested by its elements too. */
function tested(test: Test, openLeaf = true): Condition {
  return (parts) => {
    if (parts === undefined) return test;
    const [first = ''] = parts;
    return (doc, env, hit) => {
      const value = parts.length === 1 && doc instanceof Map ? doc.get(first) : doc;
      if (value !== doc && !Array.isArray(value)) return test(value, env, hit);
      return visitPath(doc, parts, 0, openLeaf, (found, element) => {
        if (!test(found, env, hit)) return false;
        if (hit !== undefined && element >= 0) hit.index = element;
        return true;
      });
    };
  };
}

function negated(list: readonly Condition[]): Condition {
  return (parts) => {
    const test = every(list.map((condition) => condition(parts)));
    return (value, env) => !test(value, env);
  };
}

function noRegex(operand: Value): Value {
  if (operand instanceof BSONRegExp) throw badValue('a comparison takes no regex');
  return operand;
}

/** Equality; null also means missing. */
function equality(operand: Value): Condition {
  return operand === null ? tested(isNullish) : tested((value) => equalValues(value, operand));
}

/** Comparison within the type of the operand. NaN is neither above nor below anything; it equals itself, as null equals null. */
function comparison(operand: Value, accept: (order: number) => boolean): Condition {
  if (operand === null) return tested((value) => isNullish(value) && accept(0));
  const type = orderOf(noRegex(operand));
  const nan = isNaNumber(operand);
  return tested((value) => orderOf(value) === type && isNaNumber(value) === nan && accept(compareValues(value, operand)));
}

const isNaNumber = (value: Maybe): boolean => value instanceof Double && Number.isNaN(value.value);

function membership(operand: Value): Condition {
  if (!Array.isArray(operand)) throw badValue('$in and $nin need an array');
  if (operand.some(isOperatorDoc)) throw badValue('cannot nest $ under $in or $nin');
  const regexes = operand.filter((value) => value instanceof BSONRegExp).map((value) => regexOf(value));
  const keys = new Set(operand.map(valueKey));
  if (operand.includes(null)) keys.add(valueKey(undefined)); // null also finds what is missing
  return tested((value) => keys.has(valueKey(value)) || (typeof value === 'string' && regexes.some((regex) => regex.test(value))));
}

const exists = tested((value) => value !== undefined, false);

function typeCodes(type: Value): number[] {
  if (type === 'number') return [1, 16, 18, 19];
  const code = typeof type === 'string' ? [...typeNames].find(([, name]) => name === type)?.[0] : toInteger(type);
  if (code === undefined || !typeNames.has(code)) throw badValue('unknown type name alias or code');
  return [code];
}

/** A regular expression looks at strings only (MongoDB also finds an equal stored regular expression). */
function pattern(operand: Value, options?: Value): Condition {
  const regex = regexOf(operand, options);
  return tested((value) => typeof value === 'string' && regex.test(value));
}

function allOf(operand: Value, scope: Scope): Condition {
  if (!Array.isArray(operand)) throw badValue('$all needs an array');
  if (operand.some(isOperatorDoc) && !operand.every((item) => isOperatorDoc(item) && item.has('$elemMatch')))
    throw badValue('no $ expressions in $all');
  const list = operand.flatMap((item) => conditionsOn(item, scope));
  if (list.length === 0) return tested(() => false);
  return (parts) => every(list.map((condition) => condition(parts)));
}

function elementMatch(operand: Maybe, scope: Scope): Condition {
  if (!(operand instanceof Map)) throw badValue('$elemMatch needs an Object');
  const element = elementTest(operand, scope);
  return tested((value, env, hit) => {
    const index = Array.isArray(value) ? value.findIndex((item) => element(item, env)) : -1;
    if (hit !== undefined && index >= 0) hit.index = index;
    return index >= 0;
  }, false);
}
