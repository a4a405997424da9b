import { compareValues } from './compare.ts';
import { CommandError } from './errors.ts';
import { binary, bind, compile, isNullish, operands, rawParts } from './expression.ts';
import type { Evaluate, Operator, Scope } from './expression.ts';
import { Int32, truthy } from './model.ts';
import type { Value } from './model.ts';

const many = Number.MAX_SAFE_INTEGER;

/** The operators that compare, decide and name. */
export const logic: Readonly<Record<string, Operator>> = {
  $eq: binary((a, b) => compareValues(a, b) === 0),
  $ne: binary((a, b) => compareValues(a, b) !== 0),
  $gt: binary((a, b) => compareValues(a, b) > 0),
  $gte: binary((a, b) => compareValues(a, b) >= 0),
  $lt: binary((a, b) => compareValues(a, b) < 0),
  $lte: binary((a, b) => compareValues(a, b) <= 0),
  $cmp: binary((a, b) => new Int32(Math.sign(compareValues(a, b)))),
  $and: (argument, scope, name) => {
    const list = operands(argument, scope, name, 0, many);
    return (doc, env) => list.every((item) => truthy(item(doc, env)));
  },
  $or: (argument, scope, name) => {
    const list = operands(argument, scope, name, 0, many);
    return (doc, env) => list.some((item) => truthy(item(doc, env)));
  },
  $not: (argument, scope, name) => {
    const [operand] = operands(argument, scope, name, 1);
    return (doc, env) => !truthy(operand?.(doc, env));
  },
  $cond: conditional,
  $ifNull: (argument, scope, name) => {
    if (!Array.isArray(argument) || argument.length < 2) throw new CommandError(1257300, `${name} needs at least two arguments`);
    const list = operands(argument, scope, name, 2, many);
    return (doc, env) => {
      for (const item of list.slice(0, -1)) {
        const value = item(doc, env);
        if (!isNullish(value)) return value;
      }
      return list.at(-1)?.(doc, env);
    };
  },
  $switch: branches,
  $let: variables,
  $literal: (argument) => () => argument,
};

function conditional(argument: Value, scope: Scope, name: string): Evaluate {
  const parts = argument instanceof Map ? named3(argument, name) : argument;
  const [test, then, otherwise] = operands(parts, scope, name, 3);
  return (doc, env) => (truthy(test?.(doc, env)) ? then?.(doc, env) : otherwise?.(doc, env));
}

function named3(argument: Value, name: string): Value[] {
  const parts = rawParts(argument, name, ['if', 'then', 'else'], { unknown: 17083, missing: { if: 17080, then: 17081, else: 17082 } });
  return ['if', 'then', 'else'].map((part) => parts.get(part) ?? null);
}

function branches(argument: Value, scope: Scope, name: string): Evaluate {
  const parts = rawParts(argument, name, ['?branches', '?default'], { form: 40060, unknown: 40067 });
  const list = parts.get('branches') ?? [];
  if (!Array.isArray(list)) throw new CommandError(40061, '$switch expected an array for branches');
  if (list.length === 0) throw new CommandError(40068, '$switch requires at least one branch.');
  const cases = list.map((branch) => {
    const both = rawParts(branch, name, ['case', 'then'], { form: 40062, unknown: 40063, missing: { case: 40064, then: 40065 } });
    return { test: compile(both.get('case') ?? null, scope), then: compile(both.get('then') ?? null, scope) };
  });
  const otherwise = parts.get('default');
  const fallback = otherwise === undefined ? undefined : compile(otherwise, scope);
  return (doc, env) => {
    for (const { test, then } of cases) if (truthy(test(doc, env))) return then(doc, env);
    if (fallback === undefined)
      throw new CommandError(40066, '$switch could not find a matching branch for an input, and no default was specified.');
    return fallback(doc, env);
  };
}

function variables(argument: Value, scope: Scope, name: string): Evaluate {
  const parts = rawParts(argument, name, ['vars', 'in'], { form: 16874, unknown: 16875, missing: { vars: 16876, in: 16877 } });
  const vars = parts.get('vars');
  if (!(vars instanceof Map)) throw new CommandError(10065, 'invalid parameter: expected an object (vars)');
  let inner = scope;
  const set = [...vars].map(([variable, value]) => {
    const bound = bind(inner, variable);
    inner = bound.scope;
    return { slot: bound.slot, evaluate: compile(value, scope) };
  });
  const body = compile(parts.get('in') ?? null, inner);
  return (doc, env) => {
    for (const { slot, evaluate } of set) env.slots[slot] = evaluate(doc, env);
    return body(doc, env);
  };
}
