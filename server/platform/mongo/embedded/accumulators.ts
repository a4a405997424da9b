import { compareValues, valueKey } from './compare.ts';
import { badValue, CommandError, refuse } from './errors.ts';
import { compile, named, rawParts } from './expression.ts';
import type { Env, Evaluate, Scope } from './expression.ts';
import { positive } from './expressions-array.ts';
import { mergeObjects } from './expressions-object.ts';
import { Double, intOrLong, isNumber, toNumber } from './model.ts';
import type { Doc, Maybe, Value } from './model.ts';
import { Summation } from './numbers.ts';
import { sortDocs } from './sort.ts';
import { refusedNames } from './supported.ts';

/** What one group gathers for one output field. */
export interface Accumulator {
  add(doc: Doc, env: Env): void;
  result(): Value;
}

/** What totals values that are already there. */
interface Total {
  add(value: Maybe): void;
  result(): Value;
}

/**
 * Compiles one accumulator; the answer makes a fresh one per group.
 *
 * @throws CommandError 15952 for an unknown one, 238 for one that the engine has not.
 */
export function compileAccumulator(name: string, argument: Value, scope: Scope): () => Accumulator {
  const special = specials[name];
  if (special !== undefined) return special(argument, scope, name);
  const start = totals[name];
  if (start === undefined)
    throw refusedNames.accumulators.includes(name)
      ? refuse(`accumulator ${name}`)
      : new CommandError(15952, `unknown group operator '${name}'`);
  if (Array.isArray(argument)) throw new CommandError(40237, `The ${name} accumulator is a unary operator`);
  const evaluate = compile(argument, scope);
  return () => {
    const total = start();
    return { add: (doc, env) => total.add(evaluate(doc, env)), result: () => total.result() };
  };
}

/** Accumulators that look at one value per document. */
export const totals: Readonly<Record<string, () => Total>> = {
  $sum: () => {
    const sum = new Summation();
    return { add: (value) => (isNumber(value) ? sum.add(value) : undefined), result: () => sum.total() };
  },
  $avg: () => {
    const sum = new Summation();
    return { add: (value) => (isNumber(value) ? sum.add(value) : undefined), result: () => sum.mean() };
  },
  $min: () => extreme((order) => order < 0),
  $max: () => extreme((order) => order > 0),
  $stdDevPop: () => deviation(0),
  $stdDevSamp: () => deviation(1),
  $first: () => {
    let first: Maybe;
    let seen = false;
    return {
      add: (value) => {
        if (!seen) [first, seen] = [value, true];
      },
      result: () => first ?? null,
    };
  },
  $last: () => {
    let last: Maybe;
    return { add: (value) => (last = value), result: () => last ?? null };
  },
  $push: () => {
    const values: Value[] = [];
    return { add: (value) => (value === undefined ? undefined : values.push(value)), result: () => values };
  },
  $addToSet: () => {
    const values = new Map<string, Value>();
    return {
      add: (value) => {
        const key = valueKey(value);
        if (value !== undefined && !values.has(key)) values.set(key, value);
      },
      result: () => [...values.values()],
    };
  },
  $mergeObjects: () => {
    let merged: Doc = new Map();
    return { add: (value) => (merged = mergeObjects([merged, value])), result: () => merged };
  },
};

function extreme(better: (order: number) => boolean): Total {
  let best: Maybe;
  return {
    add: (value) => {
      if (value === null || value === undefined) return;
      if (best === undefined || better(compareValues(value, best))) best = value;
    },
    result: () => best ?? null,
  };
}

/** Standard deviation by Welford's method, of the population (0) or of a sample (1). */
function deviation(less: 0 | 1): Total {
  let [count, mean, squares] = [0, 0, 0];
  return {
    add: (value) => {
      if (!isNumber(value)) return;
      const n = toNumber(value);
      const distance = n - mean;
      mean += distance / ++count;
      squares += distance * (n - mean);
    },
    result: () => (count <= less ? null : new Double(Math.sqrt(squares / (count - less)))),
  };
}

type Special = (argument: Value, scope: Scope, name: string) => () => Accumulator;

/** Accumulators with an argument of named parts. */
export const specials: Readonly<Record<string, Special>> = {
  $count: (argument) => {
    if (!(argument instanceof Map) || argument.size > 0) throw new CommandError(9, '$count takes no arguments, i.e. $count:{}');
    return () => {
      let count = 0;
      return { add: () => count++, result: () => intOrLong(count) };
    };
  },
  $top: (argument, scope, name) => ranked(argument, scope, name, 'top', true),
  $bottom: (argument, scope, name) => ranked(argument, scope, name, 'bottom', true),
  $topN: (argument, scope, name) => ranked(argument, scope, name, 'top', false),
  $bottomN: (argument, scope, name) => ranked(argument, scope, name, 'bottom', false),
  $firstN: (argument, scope, name) => gathered(argument, scope, name, (values, n) => values.slice(0, n)),
  $lastN: (argument, scope, name) => gathered(argument, scope, name, (values, n) => values.slice(-n)),
  $maxN: (argument, scope, name) => gathered(argument, scope, name, (values, n) => sorted(values).reverse().slice(0, n)),
  $minN: (argument, scope, name) => gathered(argument, scope, name, (values, n) => sorted(values).slice(0, n)),
  $median: (argument, scope, name) => quantiles(argument, scope, name),
  $percentile: (argument, scope, name) => quantiles(argument, scope, name),
};

const sorted = (values: readonly Value[]): Value[] => values.filter((value) => value !== null).sort(compareValues);

/** Reads `n`, which may be an expression of constants. */
function countOf(n: Value, scope: Scope): (env: Env) => number {
  const evaluate = compile(n, scope);
  return (env) => positive(evaluate(new Map(), env));
}

function ranked(argument: Value, scope: Scope, name: string, side: 'top' | 'bottom', single: boolean): () => Accumulator {
  const parts = rawParts(argument, name, ['sortBy', 'output', ...(single ? [] : ['n'])], {
    form: 5788001,
    unknown: 5788002,
    missing: { sortBy: 5788005, output: 5788004, n: 5788003 },
  });
  const sortBy = parts.get('sortBy');
  if (!(sortBy instanceof Map)) throw new CommandError(5788604, `expected 'sortBy' to be an object in ${name}`);
  const output = compile(parts.get('output') ?? null, scope);
  const count = single ? () => 1 : countOf(parts.get('n') ?? null, scope);
  return () => {
    const outputs = new Map<Doc, Value>();
    let n = 1;
    return {
      add: (doc, env) => {
        n = count(env);
        outputs.set(doc, output(doc, env) ?? null);
        if (outputs.size > 2 * n + 1000) trim(outputs, pick([...outputs.keys()], sortBy, side, n));
      },
      result: () => {
        const values = pick([...outputs.keys()], sortBy, side, n).map((doc) => outputs.get(doc) ?? null);
        return single ? (values[0] ?? null) : values;
      },
    };
  };
}

function pick(docs: readonly Doc[], sortBy: Doc, side: 'top' | 'bottom', n: number): Doc[] {
  return side === 'top' ? sortDocs(docs, sortBy, n) : sortDocs(docs, sortBy).slice(-n);
}

function trim(outputs: Map<Doc, Value>, keep: readonly Doc[]): void {
  const kept = new Set(keep);
  for (const doc of outputs.keys()) if (!kept.has(doc)) outputs.delete(doc);
}

function gathered(argument: Value, scope: Scope, name: string, take: (values: readonly Value[], n: number) => Value[]): () => Accumulator {
  const parts = rawParts(argument, name, ['input', 'n'], { form: 5787801, unknown: 5787901, missing: { n: 5787906, input: 5787907 } });
  const input = compile(parts.get('input') ?? null, scope);
  const count = countOf(parts.get('n') ?? null, scope);
  return () => {
    let values: Value[] = [];
    let n = 1;
    return {
      add: (doc, env) => {
        n = count(env);
        values.push(input(doc, env) ?? null);
        if (values.length > 2 * n + 1000) values = take(values, n);
      },
      result: () => take(values, n),
    };
  };
}

/** $median and $percentile: the value at the rank, never one between two values; null where there are no numbers. */
function quantiles(argument: Value, scope: Scope, name: string): () => Accumulator {
  const ask = quantileParts(argument, scope, name);
  return () => {
    const numbers: number[] = [];
    let ranks: readonly number[] = [];
    return {
      add: (doc, env) => {
        ranks = ask.ranks(env);
        const value = ask.input(doc, env);
        if (isNumber(value)) numbers.push(toNumber(value));
      },
      result: () => quantileResult(numbers, ranks, name),
    };
  };
}

/** The input and the ranks that $median or $percentile asks for. */
export function quantileParts(argument: Value, scope: Scope, name: string): { input: Evaluate; ranks: (env: Env) => number[] } {
  const isMedian = name === '$median';
  const part = named(argument, scope, name, ['input', 'method', ...(isMedian ? [] : ['p'])], {
    form: 7436100,
    unknown: 40415,
    missing: 40414,
  });
  if (argument instanceof Map && argument.get('method') !== 'approximate')
    throw badValue(`Currently only 'approximate' can be used as ${name} 'method'.`);
  return { input: part('input'), ranks: (env) => (isMedian ? [0.5] : ranksOf(part('p')(new Map(), env))) };
}

function ranksOf(p: Maybe): number[] {
  if (!Array.isArray(p) || p.length === 0)
    throw new CommandError(7750300, "The $percentile 'p' field must be an array of numbers from [0.0, 1.0]");
  return p.map((rank) => {
    const n = isNumber(rank) ? toNumber(rank) : NaN;
    if (!(n >= 0 && n <= 1)) throw new CommandError(7750303, "The $percentile 'p' field must be an array of numbers from [0.0, 1.0]");
    return n;
  });
}

/** The values at the ranks, as doubles. */
export function quantileResult(numbers: readonly number[], ranks: readonly number[], name: string): Value {
  const ordered = Float64Array.from(numbers).sort();
  const results = ranks.map((rank) => {
    if (ordered.length === 0) return null;
    const at = Math.min(Math.max(Math.ceil(rank * ordered.length) - 1, 0), ordered.length - 1);
    return new Double(ordered[at] ?? NaN);
  });
  return name === '$median' ? (results[0] ?? null) : results;
}
