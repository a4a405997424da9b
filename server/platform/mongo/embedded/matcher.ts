import { badValue, refuse, typeMismatch } from './errors.ts';
import { newEnv, newScope } from './expression.ts';
import type { Env, Scope } from './expression.ts';
import { compile } from './expressions.ts';
import { conditionFor, equality, isOperatorDoc, regexCondition } from './conditions.ts';
import type { Hit, Predicate } from './conditions.ts';
import { BSONRegExp, truthy } from './model.ts';
import type { Doc, Value } from './model.ts';
import { regexPrefix } from './regex.ts';
import { refusedNames } from './supported.ts';

/**
 * Compiles a filter. `variables` are those of the command's `let`, for `$expr`.
 *
 * @throws CommandError 2 for an unknown operator or a wrong argument, 238 for a known operator that the engine has not.
 */
export function compileFilter(filter: Doc): (doc: Doc) => boolean {
  const matches = compileMatch(filter, newScope());
  const env = newEnv(new Date());
  return (doc) => matches(doc, env);
}

/** Compiles a filter that also tells which array element satisfied it, for the positional `$`; undefined when the document does not match or no array was met. */
export function compilePosition(filter: Doc): (doc: Doc) => number | undefined {
  const matches = compileMatch(filter, newScope());
  const env = newEnv(new Date());
  return (doc) => {
    const hit: Hit = { index: -1 };
    return matches(doc, env, hit) && hit.index >= 0 ? hit.index : undefined;
  };
}

/** The general form: a filter inside a scope of variables. */
export function compileMatch(filter: Value, scope: Scope): Predicate {
  if (!(filter instanceof Map)) throw typeMismatch("Expected field 'filter' to be of type object");
  const parts = [...filter].flatMap(([name, value]) => (name === '$comment' ? [] : [clause(name, value, scope)]));
  return every(parts);
}

function clause(name: string, value: Value, scope: Scope): Predicate {
  if (name.startsWith('$')) return topLevel(name, value, scope);
  const parts = name.split('.');
  if (value instanceof BSONRegExp) return regexCondition(value, undefined).onPath(parts);
  if (!isOperatorDoc(value)) return equality(value).onPath(parts);
  return every(conditionFor(value, (filter) => compileMatch(filter, scope)).map((condition) => condition.onPath(parts)));
}

function topLevel(name: string, value: Value, scope: Scope): Predicate {
  switch (name) {
    case '$and':
      return every(filters(name, value, scope));
    case '$or': {
      const list = filters(name, value, scope);
      return (doc, env, hit) => list.some((predicate) => predicate(doc, env, hit));
    }
    case '$nor': {
      const list = filters(name, value, scope);
      return (doc, env) => !list.some((predicate) => predicate(doc, env));
    }
    case '$expr': {
      const evaluate = compile(value, scope);
      return (doc, env) => truthy(evaluate(doc, env));
    }
    default:
      if (refusedNames.query.includes(name)) throw refuse(`query operator ${name}`);
      throw badValue(`unknown top level operator: ${name}`);
  }
}

function filters(name: string, value: Value, scope: Scope): Predicate[] {
  if (!Array.isArray(value) || value.length === 0) throw badValue(`${name} must be a nonempty array`);
  return value.map((filter) => {
    if (!(filter instanceof Map)) throw badValue(`${name} argument's entries must be objects`);
    return compileMatch(filter, scope);
  });
}

function every(parts: readonly Predicate[]): Predicate {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return (doc: Doc, env: Env, hit?: Hit) => parts.every((part) => part(doc, env, hit));
}

/** One condition on one path that every document satisfying the filter meets. */
export interface Bounds {
  readonly path: string;
  readonly eq?: Value;
  readonly in?: Value[];
  readonly gt?: Value;
  readonly gte?: Value;
  readonly lt?: Value;
  readonly lte?: Value;
}

/**
 * Conditions a planner may look up in an index: those joined by AND at the top of the filter. Each entry stands alone: two entries on one path may be met by two
 * elements of an array, so that they may be joined to one range only where no document has an array on that path. Left out: comparison with arrays and with
 * regular expressions other than a plain prefix. `eq: null` also means "missing". A range keeps within the type of its bound.
 */
export function filterBounds(filter: Doc): readonly Bounds[] {
  return [...filter].flatMap(([name, value]) => {
    if (name === '$and' && Array.isArray(value)) return value.flatMap((part) => (part instanceof Map ? filterBounds(part) : []));
    return name.startsWith('$') ? [] : boundsOf(name, value);
  });
}

function boundsOf(path: string, value: Value): Bounds[] {
  if (value instanceof BSONRegExp) return prefixBounds(path, value, undefined);
  if (!isOperatorDoc(value)) return plain(value) ? [{ path, eq: value }] : [];
  return [...value].flatMap(([operator, operand]) => operatorBounds(path, operator, operand, value));
}

function operatorBounds(path: string, operator: string, operand: Value, all: Doc): Bounds[] {
  switch (operator) {
    case '$eq':
      return plain(operand) ? [{ path, eq: operand }] : [];
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return plain(operand) && operand !== null ? [{ path, [operator.slice(1)]: operand }] : [];
    case '$regex':
      return prefixBounds(path, operand, all.get('$options'));
    case '$elemMatch':
      return elementBounds(path, operand);
    default:
      return Array.isArray(operand) ? listBounds(path, operator, operand) : [];
  }
}

function elementBounds(path: string, operand: Value): Bounds[] {
  if (isOperatorDoc(operand)) return boundsOf(path, operand);
  return operand instanceof Map ? filterBounds(operand).map((bound) => ({ ...bound, path: `${path}.${bound.path}` })) : [];
}

function listBounds(path: string, operator: string, operand: Value[]): Bounds[] {
  if (operator === '$all') return operand.flatMap((one) => (isOperatorDoc(one) ? [] : boundsOf(path, one)));
  return operator === '$in' && operand.every(plain) ? [{ path, in: operand }] : [];
}

function plain(value: Value): boolean {
  return !(Array.isArray(value) || value instanceof BSONRegExp);
}

function prefixBounds(path: string, regex: Value, options: Value | undefined): Bounds[] {
  const prefix = regexPrefix(regex, options);
  return prefix === undefined ? [] : [{ path, gte: prefix }, ...upperEnd(prefix).map((end) => ({ path, lt: end }))];
}

/** The first text after all that begin with the prefix: its last character raised by one (none for the highest character). */
function upperEnd(prefix: string): string[] {
  const last = prefix.codePointAt(prefix.length - 1) ?? 0;
  if (last >= 0xd7ff) return []; // a surrogate or just below: leave the range open
  return [prefix.slice(0, -1) + String.fromCodePoint(last + 1)];
}
