import { CommandError, failedToParse, refuse } from './errors.ts';
import { isNumber, toInteger, typeName, type Doc, type Maybe, type Value } from './model.ts';
import { refusedNames } from './supported.ts';

/** The documents of a collection (of the same database) that satisfy a filter; none when there is no such collection. */
export type Find = (coll: string, filter: Doc) => Iterable<Doc>;

/** What an expression or a stage may look at besides the document: the clock of the command, other collections, and the variables in their slots. */
export interface Env {
  readonly now: Date;
  readonly find: Find;
  readonly slots: Maybe[];
}

/** A compiled expression: undefined means "missing". */
export type Evaluate = (doc: Doc, env: Env) => Maybe;

/** The variables known at one place of an expression, by slot; of two with one name the later one counts. */
export type Scope = readonly string[];

/** Compiles the argument of one operator. */
export type Operator = (argument: Value, scope: Scope, name: string) => Evaluate;
export type Operators = Readonly<Record<string, Operator>>;

/** Every operator by its name; filled by expressions.ts. */
export const operators = new Map<string, Operator>();

/** Operators MongoDB has and this engine has not. */
export const refusedOperators: ReadonlySet<string> = new Set(refusedNames.expressions);

export const newScope = (): Scope => [];
export const newEnv = (now: Date, find: Find = () => []): Env => ({ now, find, slots: [] });

/** The scope in which one more variable is known; whoever evaluates in it first fills the slot, whose number is the length of the outer scope. */
export function bind(scope: Scope, name: Maybe): Scope {
  if (name === 'CURRENT') throw refuse('the variable CURRENT');
  if (typeof name !== 'string') throw failedToParse('a variable must be named by a string');
  if (/^[a-z\u0080-\uffff][\w\u0080-\uffff]*$/.test(name)) return [...scope, name];
  throw failedToParse(`'${name}' starts with an invalid character for a user variable name`);
}

/** The scope of variables that a document defines, and what fills their slots: all are evaluated first, for a value may use the same slots on its way. */
export function bindAll(scope: Scope, variables: Doc): { inner: Scope; fill: (doc: Doc, env: Env) => void } {
  const values = [...variables.values()].map((value) => compile(value, scope));
  const fill = (doc: Doc, env: Env): void => {
    const results = values.map((value) => value(doc, env));
    for (const [i, result] of results.entries()) env.slots[scope.length + i] = result;
  };
  return { inner: [...variables.keys()].reduce<Scope>(bind, scope), fill };
}

/**
 * Compiles an expression of the aggregation language; an absent one is always missing.
 *
 * @throws CommandError 168 for an unknown operator, 238 for a known one that the engine has not, others as MongoDB.
 */
export function compile(expression: Maybe, scope: Scope): Evaluate {
  if (typeof expression === 'string' && expression.startsWith('$')) return compilePath(expression, scope);
  if (expression instanceof Map) return compileObject(expression, scope);
  if (!Array.isArray(expression)) return () => expression;
  const items = expression.map((item) => compile(item, scope));
  return (doc, env) => items.map((item) => item(doc, env) ?? null);
}

function compileObject(object: Doc, scope: Scope): Evaluate {
  const [first] = object.keys();
  if (first?.startsWith('$')) {
    if (object.size > 1)
      throw new CommandError(15983, `An object representing an expression must have exactly one field: ${[...object.keys()].join()}`);
    return operatorOf(first)(object.get(first) ?? null, scope, first);
  }
  const fields = [...object].map(([name, value]): [string, Evaluate] => {
    if (name.startsWith('$')) throw new CommandError(16410, `FieldPath field names may not start with '$': ${name}`);
    if (name.includes('.')) throw new CommandError(16412, `FieldPath field names may not contain '.': ${name}`);
    return [name, compile(value, scope)];
  });
  return (doc, env) => {
    const result: Doc = new Map();
    for (const [name, evaluate] of fields) {
      const value = evaluate(doc, env);
      if (value !== undefined) result.set(name, value);
    }
    return result;
  };
}

/** The operator, or the error that says why there is none. */
function operatorOf(name: string): Operator {
  const operator = operators.get(name);
  if (operator !== undefined) return operator;
  if (refusedOperators.has(name)) throw refuse(`expression ${name}`);
  throw new CommandError(168, `Unrecognized expression '${name}'`);
}

/** The parts of a field path such as "a.b" (without the dollar). */
export function splitPath(path: string): string[] {
  const parts = path.split('.');
  if (path.endsWith('.')) throw new CommandError(40353, "FieldPath must not end with a '.'.");
  if (parts.includes('')) throw new CommandError(15998, 'FieldPath field names may not be empty strings.');
  for (const part of parts)
    if (part.startsWith('$')) throw new CommandError(16410, `FieldPath field names may not start with '$': ${part}`);
  return parts;
}

function compilePath(text: string, scope: Scope): Evaluate {
  if (text === '$') throw new CommandError(16872, "'$' by itself is not a valid FieldPath");
  const [first = '', ...rest] = splitPath(text.replace(/^\$\$?/, ''));
  const base: Evaluate = text.startsWith('$$') ? variable(first, scope) : (doc) => doc.get(first);
  return rest.length === 0 ? base : (doc, env) => walk(base(doc, env), rest, 0);
}

function variable(name: string, scope: Scope): Evaluate {
  if (name === 'ROOT' || name === 'CURRENT') return (doc) => doc;
  if (name === 'REMOVE') return () => undefined;
  if (name === 'NOW') return (_, env) => env.now;
  const slot = scope.lastIndexOf(name);
  if (slot >= 0) return (_, env) => env.slots[slot];
  if (/^[A-Z]/.test(name)) throw refuse(`variable $$${name}`);
  throw new CommandError(17276, `Use of undefined variable: ${name}`);
}

/** Follows a path through documents; an array on the way gives the array of what its elements have (a number is no index here). */
function walk(value: Maybe, parts: readonly string[], at: number): Maybe {
  let current = value;
  for (let i = at; i < parts.length; i++) {
    if (Array.isArray(current)) return current.map((element) => walk(element, parts, i)).filter((found) => found !== undefined);
    if (!(current instanceof Map)) return undefined;
    current = current.get(parts[i] ?? '');
  }
  return current;
}

// What operators are made of.

export const many = Number.MAX_SAFE_INTEGER;
export const isNullish = (value: Maybe): value is null | undefined => value === null || value === undefined;

/** Compiles a list of operands whose number must lie within bounds. A single operand need not stand in a list. */
export function operands(argument: Maybe | Maybe[], scope: Scope, name: string, min: number, max: number): Evaluate[] {
  const list: readonly Maybe[] = Array.isArray(argument) ? argument : [argument];
  if (list.length >= min && list.length <= max) return list.map((item) => compile(item, scope));
  if (min === max) throw new CommandError(16020, `Expression ${name} takes exactly ${min} arguments. ${list.length} were passed in.`);
  throw new CommandError(28667, `Expression ${name} takes ${min} to ${max} arguments, but ${list.length} were passed in.`);
}

/** An operator on a number of operands between bounds. */
export function on(min: number, max: number, apply: (values: Maybe[], name: string) => Maybe): Operator {
  return (argument, scope, name) => {
    const list = operands(argument, scope, name, min, max);
    return (doc, env) =>
      apply(
        list.map((operand) => operand(doc, env)),
        name,
      );
  };
}

/** An operator that gives null when an operand is null or missing. */
export function strict(min: number, max: number, apply: (values: Value[], name: string) => Maybe): Operator {
  return on(min, max, (values, name) => (allThere(values) ? apply(values, name) : null));
}

const allThere = (values: Maybe[]): values is Value[] => !values.some(isNullish);

/** The operands as `check` reads them one after the other; undefined at the first that is null or missing, whatever comes after it. */
export function inTurn<T>(values: readonly Maybe[], check: (value: Value) => T): T[] | undefined {
  const checked: T[] = [];
  for (const value of values) {
    if (isNullish(value)) return undefined;
    checked.push(check(value));
  }
  return checked;
}

/** Parts of an argument by name: a number is the error for a missing one, all else is what stands for a part that is left out. */
export type Parts = Readonly<Record<string, number | Maybe>>;

/** Errors of an argument that is no document, or has an unknown part. */
export type FormCodes = readonly [form: number, unknown: number];

/** The parts of an argument in the order in which `parts` names them. */
export function partsOf(argument: Value, name: string, [form, unknown]: FormCodes, parts: Parts): Maybe[] {
  if (!(argument instanceof Map)) throw new CommandError(form, `${name} only supports an object as its argument`);
  for (const part of argument.keys())
    if (!Object.hasOwn(parts, part)) throw new CommandError(unknown, `${name} found an unknown argument: ${part}`);
  return Object.entries(parts).map(([part, absent]) => {
    const value = argument.get(part);
    if (value !== undefined) return value;
    if (typeof absent !== 'number') return absent;
    throw new CommandError(absent, `Missing '${part}' parameter to ${name}`);
  });
}

/** An operator on named parts, null when one of them is null or missing. */
export function onParts(codes: FormCodes, parts: Parts, apply: (values: Value[], name: string) => Maybe): Operator {
  return (argument, scope, name) => {
    const list = partsOf(argument, name, codes, parts).map((part) => compile(part, scope));
    return (doc, env) => {
      const values = list.map((part) => part(doc, env));
      return allThere(values) ? apply(values, name) : null;
    };
  };
}

export function arrayOf(value: Maybe, code: number, name: string): Value[] {
  if (Array.isArray(value)) return value;
  throw new CommandError(code, `${name} needs an array, not ${typeName(value)}`);
}

export function textOf(value: Maybe, code: number, name: string): string {
  if (typeof value === 'string') return value;
  throw new CommandError(code, `${name} needs a string, not ${typeName(value)}`);
}

/** A whole number of 32 bits; MongoDB numbers the error for a fraction one above that for what is no number. */
export function wholeOf(value: Maybe, code: number, name: string): number {
  const n = toInteger(value);
  if (n !== undefined && n === (n | 0)) return n;
  throw new CommandError(isNumber(value) ? code + 1 : code, `${name} needs a whole number of 32 bits`);
}
