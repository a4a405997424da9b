import { CommandError, failedToParse, refuse } from './errors.ts';
import type { Doc, Maybe, Value } from './model.ts';

/** What an expression may look at besides the document: the clock of the command and the variables in their slots. */
export interface Env {
  readonly now: Date;
  readonly slots: Maybe[];
}

/** A compiled expression: undefined means "missing". */
export type Evaluate = (doc: Doc, env: Env) => Maybe;

/** The variables known at one place of an expression: `let` of the command as constants, others by the number of their slot. */
export interface Scope {
  readonly slots: ReadonlyMap<string, number>;
  readonly constants: ReadonlyMap<string, Value>;
  readonly counter: { used: number };
}

/** Compiles the argument of one operator. */
export type Operator = (argument: Value, scope: Scope, name: string) => Evaluate;

/** Every operator by its name; filled by expressions.ts. */
export const operators = new Map<string, Operator>();

/** Operators MongoDB has and this engine has not; filled from the closed list. */
export const refusedOperators = new Set<string>();

export function newScope(constants: ReadonlyMap<string, Value> = new Map()): Scope {
  return { slots: new Map(), constants, counter: { used: 0 } };
}

export function newEnv(now: Date): Env {
  return { now, slots: [] };
}

/** A scope in which `name` stands for the value of a slot, which the caller fills before it evaluates. */
export function bind(scope: Scope, name: string): { scope: Scope; slot: number } {
  if (!/^[a-z\u0080-\uffff][\w\u0080-\uffff]*$/.test(name))
    throw failedToParse(`'${name}' starts with an invalid character for a user variable name`);
  const slot = scope.counter.used++;
  return { scope: { ...scope, slots: new Map(scope.slots).set(name, slot) }, slot };
}

/**
 * Compiles an expression of the aggregation language.
 *
 * @throws CommandError 168 for an unknown operator, 238 for a known one that the engine has not, others as MongoDB.
 */
export function compile(expression: Value, scope: Scope): Evaluate {
  if (typeof expression === 'string') return expression.startsWith('$') ? compilePath(expression, scope) : () => expression;
  if (Array.isArray(expression)) return compileList(expression, scope);
  if (expression instanceof Map) return compileObject(expression, scope);
  return () => expression;
}

function compileList(list: readonly Value[], scope: Scope): Evaluate {
  const items = list.map((item) => compile(item, scope));
  return (doc, env) => items.map((item) => item(doc, env) ?? null);
}

function compileObject(object: Doc, scope: Scope): Evaluate {
  const [first] = object.keys();
  if (first?.startsWith('$')) {
    if (object.size > 1)
      throw new CommandError(15983, `An object representing an expression must have exactly one field: ${[...object.keys()].join()}`);
    return operatorOf(first)(object.get(first) ?? null, scope, first);
  }
  const fields = [...object].map(([name, value]): [string, Evaluate] => [checkFieldName(name), compile(value, scope)]);
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

function checkFieldName(name: string): string {
  if (name.startsWith('$')) throw new CommandError(16410, `FieldPath field names may not start with '$': ${name}`);
  if (name.includes('.')) throw new CommandError(16412, `FieldPath field names may not contain '.': ${name}`);
  return name;
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
  if (text.startsWith('$$')) return compileVariable(text.slice(2), scope);
  if (text === '$') throw new CommandError(16872, "'$' by itself is not a valid FieldPath");
  const [first = '', ...rest] = splitPath(text.slice(1));
  if (rest.length === 0) return (doc) => doc.get(first);
  return (doc) => walk(doc.get(first), rest, 0);
}

function compileVariable(text: string, scope: Scope): Evaluate {
  const [name = '', ...rest] = splitPath(text);
  const base = variable(name, scope);
  return rest.length === 0 ? base : (doc, env) => walk(base(doc, env), rest, 0);
}

function variable(name: string, scope: Scope): Evaluate {
  if (name === 'ROOT' || name === 'CURRENT') return (doc) => doc;
  if (name === 'REMOVE') return () => undefined;
  if (name === 'NOW') return (_, env) => env.now;
  const slot = scope.slots.get(name);
  if (slot !== undefined) return (_, env) => env.slots[slot];
  const constant = scope.constants.get(name);
  if (constant !== undefined) return () => constant;
  if (/^[A-Z]/.test(name)) throw refuse(`variable $$${name}`);
  throw new CommandError(17276, `Use of undefined variable: ${name}`);
}

/** Follows a path through documents; an array on the way gives the array of what its elements have (a number is no index here). */
function walk(value: Maybe, parts: readonly string[], at: number): Maybe {
  let current = value;
  for (let i = at; i < parts.length; i++) {
    if (current instanceof Map) current = current.get(parts[i] ?? '');
    else return Array.isArray(current) ? walkList(current, parts, i) : undefined;
  }
  return current;
}

function walkList(list: readonly Value[], parts: readonly string[], at: number): Value[] {
  const found: Value[] = [];
  for (const element of list) {
    if (!(element instanceof Map) && !Array.isArray(element)) continue;
    const value = walk(element, parts, at);
    if (value !== undefined) found.push(value);
  }
  return found;
}

// Helpers for the families of operators.

/** Compiles a list of operands whose number must lie within bounds. A single operand need not stand in a list. */
export function operands(argument: Value, scope: Scope, name: string, min: number, max: number = min): Evaluate[] {
  const list = Array.isArray(argument) ? argument : [argument];
  if (list.length >= min && list.length <= max) return list.map((item) => compile(item, scope));
  if (min === max) throw new CommandError(16020, `Expression ${name} takes exactly ${min} arguments. ${list.length} were passed in.`);
  throw new CommandError(
    28667,
    `Expression ${name} takes at least ${min} arguments, and at most ${max}, but ${list.length} were passed in.`,
  );
}

export const isNullish = (value: Maybe): value is null | undefined => value === null || value === undefined;

/** An operator with one operand. */
export function unary(apply: (value: Maybe, name: string) => Maybe): Operator {
  return (argument, scope, name) => {
    const [operand] = operands(argument, scope, name, 1);
    return (doc, env) => apply(operand?.(doc, env), name);
  };
}

/** An operator with two operands. */
export function binary(apply: (a: Maybe, b: Maybe, name: string) => Maybe): Operator {
  return (argument, scope, name) => {
    const [a, b] = operands(argument, scope, name, 2);
    return (doc, env) => apply(a?.(doc, env), b?.(doc, env), name);
  };
}

/** An operator with a number of operands between bounds. */
export function several(min: number, max: number, apply: (values: Maybe[], name: string) => Maybe): Operator {
  return (argument, scope, name) => {
    const list = operands(argument, scope, name, min, max);
    return (doc, env) =>
      apply(
        list.map((operand) => operand(doc, env)),
        name,
      );
  };
}

/** Turns null and missing operands into null before `apply` sees them. */
export function nullSafe(apply: (value: Value, name: string) => Maybe): (value: Maybe, name: string) => Maybe {
  return (value, name) => (isNullish(value) ? null : apply(value, name));
}

/** The error codes of an operator whose argument is a document of named parts. */
export interface NamedCodes {
  readonly form?: number; // the argument is no document
  readonly unknown?: number;
  readonly missing?: number | Readonly<Record<string, number>>;
}

export type Named = (part: string) => Evaluate;

/** Compiles a document of named parts; names after `?` are optional. The answer gives the part, or an expression that is always missing. */
export function named(argument: Value, scope: Scope, name: string, parts: readonly string[], codes: NamedCodes = {}): Named {
  const raw = rawParts(argument, name, parts, codes);
  const compiled = new Map([...raw].map(([part, value]) => [part, compile(value, scope)]));
  return (part) => compiled.get(part) ?? absent;
}

/** The same without compiling. */
export function rawParts(argument: Value, name: string, parts: readonly string[], codes: NamedCodes = {}): Doc {
  if (!(argument instanceof Map)) throw new CommandError(codes.form ?? 9, `${name} only supports an object as its argument`);
  const known = parts.map((part) => part.replace('?', ''));
  for (const part of argument.keys())
    if (!known.includes(part)) throw new CommandError(codes.unknown ?? 9, `${name} found an unknown argument: ${part}`);
  for (const part of parts) {
    if (part.startsWith('?') || argument.has(part)) continue;
    const code = typeof codes.missing === 'object' ? codes.missing[part] : codes.missing;
    throw new CommandError(code ?? 9, `Missing '${part}' parameter to ${name}`);
  }
  return argument;
}

const absent: Evaluate = () => undefined;
