import { compareValues } from './compare.ts';
import { CommandError } from './errors.ts';
import { bindAll, compile, isNullish, many, on, operands, partsOf, type Evaluate, type Operator, type Operators } from './expression.ts';
import { Int32, truthy } from './model.ts';

/** The operators that compare, decide and name. What is not needed for the answer is not evaluated. */
export const logic: Operators = {
  $eq: comparing((order) => order === 0),
  $ne: comparing((order) => order !== 0),
  $gt: comparing((order) => order > 0),
  $gte: comparing((order) => order >= 0),
  $lt: comparing((order) => order < 0),
  $lte: comparing((order) => order <= 0),
  $cmp: on(2, 2, ([a, b]) => new Int32(Math.sign(compareValues(a, b)))),
  $and: lazily(0, (list) => (doc, env) => list.every((item) => truthy(item(doc, env)))),
  $or: lazily(0, (list) => (doc, env) => list.some((item) => truthy(item(doc, env)))),
  $not: on(1, 1, ([value]) => !truthy(value)),
  $ifNull: (argument, scope, name) => {
    if (!Array.isArray(argument) || argument.length < 2) throw new CommandError(1257300, `${name} needs at least two arguments`);
    return firstThere(operands(argument, scope, name, 2, many));
  },
  $cond: (argument, scope, name) => {
    const parts = argument instanceof Map ? partsOf(argument, name, [9, 17083], { if: 17080, then: 17081, else: 17082 }) : argument;
    const [test, then, otherwise] = operands(parts, scope, name, 3, 3);
    return (doc, env) => (truthy(test?.(doc, env)) ? then : otherwise)?.(doc, env);
  },
  $switch: (argument, scope, name) => {
    const [branches, otherwise] = partsOf(argument, name, [40060, 40067], { branches: [], default: undefined });
    if (!Array.isArray(branches)) throw new CommandError(40061, '$switch expected an array for branches');
    if (branches.length === 0) throw new CommandError(40068, '$switch requires at least one branch.');
    const cases = branches.map((branch) => {
      const [test, then] = partsOf(branch, name, [40062, 40063], { case: 40064, then: 40065 });
      return { test: compile(test, scope), then: compile(then, scope) };
    });
    const fallback = otherwise === undefined ? noBranch : compile(otherwise, scope);
    return (doc, env) => (cases.find(({ test }) => truthy(test(doc, env)))?.then ?? fallback)(doc, env);
  },
  $let: (argument, scope, name) => {
    const [vars, body] = partsOf(argument, name, [16874, 16875], { vars: 16876, in: 16877 });
    if (!(vars instanceof Map)) throw new CommandError(10065, 'invalid parameter: expected an object (vars)');
    const { inner, fill } = bindAll(scope, vars);
    const evaluate = compile(body, inner);
    return (doc, env) => {
      fill(doc, env);
      return evaluate(doc, env);
    };
  },
  $literal: (argument) => () => argument,
};

function comparing(accept: (order: number) => boolean): Operator {
  return on(2, 2, ([a, b]) => accept(compareValues(a, b)));
}

function lazily(min: number, combine: (list: readonly Evaluate[]) => Evaluate): Operator {
  return (argument, scope, name) => combine(operands(argument, scope, name, min, many));
}

/** The first value that is neither null nor missing, else the last as it is. */
function firstThere(list: readonly Evaluate[]): Evaluate {
  return (doc, env) => {
    let value;
    for (const item of list) {
      value = item(doc, env);
      if (!isNullish(value)) break;
    }
    return value;
  };
}

const noBranch: Evaluate = () => {
  throw new CommandError(40066, '$switch could not find a matching branch for an input, and no default was specified.');
};
