import { quantileParts, quantileResult, totals } from './accumulators.ts';
import { operands } from './expression.ts';
import type { Operator } from './expression.ts';
import { isNumber, toNumber } from './model.ts';
import type { Value } from './model.ts';

/** Accumulators used as expressions: over their operands, or over the elements of a single operand that is an array. */
export const totalling: Readonly<Record<string, Operator>> = {
  $sum: total,
  $avg: total,
  $min: total,
  $max: total,
  $stdDevPop: total,
  $stdDevSamp: total,
  $median: quantile,
  $percentile: quantile,
};

function total(...[argument, scope, name]: Parameters<Operator>): ReturnType<Operator> {
  const list = operands(argument, scope, name, 0, Number.MAX_SAFE_INTEGER);
  const start = totals[name];
  return (doc, env) => {
    const values = list.map((operand) => operand(doc, env));
    const [only] = values;
    const sum = start?.();
    for (const value of values.length === 1 && Array.isArray(only) ? only : values) sum?.add(value);
    return sum?.result();
  };
}

function quantile(...[argument, scope, name]: Parameters<Operator>): ReturnType<Operator> {
  const ask = quantileParts(argument, scope, name);
  return (doc, env): Value => {
    const value = ask.input(doc, env);
    const numbers = (Array.isArray(value) ? value : [value]).filter(isNumber).map(toNumber);
    return quantileResult(numbers, ask.ranks(env), name);
  };
}
