import { compareValues, valueKey } from './compare.ts';
import { badValue, CommandError, refuse } from './errors.ts';
import { compile, isNullish, partsOf, type Env, type Evaluate, type Operators, type Scope } from './expression.ts';
import { positive, takeParts, takers } from './expressions-array.ts';
import { Double, entryOf, Int32, isNumber, toNumber, type Doc, type Maybe, type NumberValue, type Value } from './model.ts';
import { Summation } from './numbers.ts';
import { compileSort, sortBy } from './sort.ts';
import { refusedNames } from './supported.ts';

/** What one group gathers for one output field. */
export interface Total {
  add(value: Maybe, doc: Doc): void;
  result(): Value;
}

/** What is read of each document, and the fresh total of a group. The `n` of $topN and its like may depend on the fields of the group's _id. */
export interface Accumulator {
  readonly input: Evaluate;
  readonly start: (id: Doc, env: Env) => Total;
}

type CompileAccumulator = (argument: Value, scope: Scope, name: string) => Accumulator;

/** The accumulators of one value per document. */
const totals: Readonly<Record<string, () => Total>> = {
  $sum: () => summing((sum) => sum.total()),
  $avg: () => summing((sum) => sum.mean()),
  $min: () => choosing((value, best) => !isNullish(value) && (best === undefined || compareValues(value, best) < 0)),
  $max: () => choosing((value, best) => !isNullish(value) && (best === undefined || compareValues(value, best) > 0)),
  $first: () => choosing((_, best) => best === undefined),
  $last: () => choosing(() => true),
  $push: () => {
    const values: Value[] = [];
    return { add: (value) => value !== undefined && values.push(value), result: () => values };
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
};

function summing(result: (sum: Summation) => NumberValue | null): Total {
  const sum = new Summation();
  return { add: (value) => isNumber(value) && sum.add(value), result: () => result(sum) };
}

function choosing(isBetter: (value: Maybe, best: Maybe) => boolean): Total {
  let best: Maybe;
  return {
    add: (value) => {
      if (isBetter(value, best)) best = value ?? null;
    },
    result: () => best ?? null,
  };
}

/** Every accumulator by its name. */
export const accumulators: Readonly<Record<string, CompileAccumulator>> = {
  ...Object.fromEntries(Object.entries(totals).map(([name, start]) => [name, plain(start)])),
  ...Object.fromEntries(Object.entries(takers).map(([name, take]) => [name, taking(take)])),
  $count: (argument) => {
    if (!(argument instanceof Map) || argument.size > 0) throw new CommandError(9, '$count takes no arguments, i.e. $count:{}');
    return { input: () => new Int32(1), start: () => summing((sum) => sum.total()) };
  },
  $top: ranked(true),
  $topN: ranked(true),
  $bottom: ranked(false),
  $bottomN: ranked(false),
  $median: quantiles,
  $percentile: quantiles,
};

/** @throws CommandError 15952 for an unknown accumulator, 238 for one that the engine has not */
export const compileAccumulator: CompileAccumulator = (argument, scope, name) => {
  const compileOne = entryOf(accumulators, name);
  if (compileOne !== undefined) return compileOne(argument, scope, name);
  if (refusedNames.accumulators.includes(name)) throw refuse(`accumulator ${name}`);
  throw new CommandError(15952, `unknown group operator '${name}'`);
};

function plain(start: () => Total): CompileAccumulator {
  return (argument, scope, name) => {
    if (Array.isArray(argument)) throw new CommandError(40237, `The ${name} accumulator is a unary operator`);
    return { input: compile(argument, scope), start };
  };
}

function taking(take: (values: readonly Value[], n: number) => Value[]): CompileAccumulator {
  return (argument, scope, name) => {
    const { n, input } = takeParts(argument, scope, name);
    return {
      input,
      start: (id, env) => {
        const most = n(id, env);
        const kept = keeping<Value>(most, (values) => take(values, most));
        return { add: (value) => kept.add(value ?? null), result: kept.taken };
      },
    };
  };
}

/** Holds little more than the `n` items that `take` leaves of all that are added. */
function keeping<T>(n: number, take: (items: readonly T[]) => T[]): { add: (item: T) => void; taken: () => T[] } {
  let items: T[] = [];
  const add = (item: T): void => {
    if (items.push(item) > 2 * n + 1000) items = take(items);
  };
  return { add, taken: () => take(items) };
}

interface Ranked {
  readonly doc: Doc;
  readonly output: Value;
}

/** $top, $bottom and the same with `n`. */
function ranked(isTop: boolean): CompileAccumulator {
  return (argument, scope, name) => {
    const isSingle = !name.endsWith('N');
    const codes = { sortBy: 5788005, output: 5788004, ...(isSingle ? {} : { n: 5788003 }) };
    const [by, output, n = new Int32(1)] = partsOf(argument, name, [5788001, 5788002], codes);
    if (!(by instanceof Map)) throw new CommandError(5788604, `expected 'sortBy' to be an object in ${name}`);
    const sort = compileSort(by);
    const count = compile(n, scope);
    return {
      input: compile(output, scope),
      start: (id, env) => {
        const most = positive(count(id, env));
        const sorted = (rows: readonly Ranked[], limit: number): Ranked[] => sortBy(rows, sort, ({ doc }) => doc, limit);
        const kept = keeping<Ranked>(most, (rows) => (isTop ? sorted(rows, most) : sorted(rows, Infinity).slice(-most)));
        return {
          add: (value, doc) => kept.add({ doc, output: value ?? null }),
          result: () => (isSingle ? (kept.taken()[0]?.output ?? null) : kept.taken().map((row) => row.output)),
        };
      },
    };
  };
}

/** $median and $percentile: the value at the rank as a double, never one between two values; null where there are no numbers. */
function quantiles(...[argument, scope, name]: Parameters<CompileAccumulator>): Accumulator {
  const codes = { input: 40414, method: 40414, ...(name === '$median' ? {} : { p: 40414 }) };
  const [input, method, p] = partsOf(argument, name, [7436100, 40415], codes);
  if (method !== 'approximate') throw badValue(`Currently only 'approximate' can be used as ${name} 'method'.`);
  const ranks = compile(p ?? [new Double(0.5)], scope);
  return {
    input: compile(input, scope),
    start: (_, env) => {
      const at = ranksOf(ranks(new Map(), env));
      const numbers: number[] = [];
      return {
        add: (value) => isNumber(value) && numbers.push(toNumber(value)),
        result: () => {
          const ordered = Float64Array.from(numbers).sort();
          const values = at.map((rank) => {
            const value = ordered[Math.max(Math.ceil(rank * ordered.length) - 1, 0)];
            return value === undefined ? null : new Double(value);
          });
          return p === undefined ? (values[0] ?? null) : values;
        },
      };
    },
  };
}

function ranksOf(p: Maybe): number[] {
  const ranks = Array.isArray(p) ? p.map((rank) => (isNumber(rank) ? toNumber(rank) : NaN)) : [];
  const code = ranks.length === 0 ? 7750300 : 7750303;
  if (ranks.length > 0 && ranks.every((rank) => rank >= 0 && rank <= 1)) return ranks;
  throw new CommandError(code, "The $percentile 'p' field must be an array of numbers from [0.0, 1.0]");
}

/** Accumulators used as expressions: over their operands, or over the elements of a single one that is an array. */
export const totalling: Operators = Object.fromEntries(
  ['$sum', '$avg', '$min', '$max', '$median', '$percentile'].map((name) => [name, overList]),
);

function overList(argument: Value, scope: Scope, name: string): Evaluate {
  const plainStart = totals[name];
  const operand = Array.isArray(argument) && argument.length === 1 ? argument[0] : argument;
  const { input, start } =
    plainStart === undefined ? quantiles(argument, scope, name) : { input: compile(operand, scope), start: plainStart };
  return (doc, env) => {
    const value = input(doc, env);
    const total = start(doc, env);
    for (const one of Array.isArray(value) ? value : [value]) total.add(one, doc);
    return total.result();
  };
}
