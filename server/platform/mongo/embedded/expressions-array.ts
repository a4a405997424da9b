import { compareValues, equalValues } from './compare.ts';
import { CommandError } from './errors.ts';
import { binary, bind, compile, isNullish, named, nullSafe, rawParts, several, unary } from './expression.ts';
import type { Evaluate, Operator } from './expression.ts';
import { Int32, isNumber, toInteger, toNumber, truthy, typeName } from './model.ts';
import type { Maybe, Value } from './model.ts';
import { sortDocs } from './sort.ts';

const many = Number.MAX_SAFE_INTEGER;

/** The operators on arrays. */
export const arrays: Readonly<Record<string, Operator>> = {
  $size: unary((value) => new Int32(list(value, 17124, 'The argument to $size must be an array').length)),
  $isArray: unary((value) => Array.isArray(value)),
  $arrayElemAt: binary((value, index) => (isNullish(value) || isNullish(index) ? null : elementAt(value, index))),
  $first: unary(nullSafe((value) => list(value, 28689, "$first's argument must be an array").at(0))),
  $last: unary(nullSafe((value) => list(value, 28689, "$last's argument must be an array").at(-1))),
  $slice: several(2, 3, slice),
  $in: binary((value, values) =>
    list(values, 40081, '$in requires an array as a second argument').some((item) => equalValues(item, value)),
  ),
  $indexOfArray: several(2, 4, indexOfArray),
  $concatArrays: several(0, many, (values) => {
    const lists = values.map((value) => (isNullish(value) ? null : list(value, 28664, '$concatArrays only supports arrays')));
    return lists.some((item) => item === null) ? null : lists.flatMap((item) => item ?? []);
  }),
  $reverseArray: unary(nullSafe((value) => list(value, 34435, 'The argument to $reverseArray must be an array').toReversed())),
  $sortArray: sortArray,
  $range: several(2, 3, range),
  $zip: zip,
  $map: (argument, scope, name) => {
    const parts = rawParts(argument, name, ['input', '?as', 'in'], { form: 16878, unknown: 16879, missing: { input: 16880, in: 16882 } });
    const inner = bind(scope, variableName(parts.get('as')));
    const input = compile(parts.get('input') ?? null, scope);
    const body = compile(parts.get('in') ?? null, inner.scope);
    return (doc, env) => {
      const values = input(doc, env);
      if (isNullish(values)) return null;
      return list(values, 16883, 'input to $map must be an array').map((item) => {
        env.slots[inner.slot] = item;
        return body(doc, env) ?? null;
      });
    };
  },
  $filter: filter,
  $reduce: reduce,
  $firstN: taking((values, n) => values.slice(0, n)),
  $lastN: taking((values, n) => values.slice(-n)),
  $maxN: taking((values, n) =>
    present(values)
      .sort((a, b) => compareValues(b, a))
      .slice(0, n),
  ),
  $minN: taking((values, n) => present(values).sort(compareValues).slice(0, n)),
};

/** The value as an array, or the error of the operator. */
export function list(value: Maybe, code: number, message: string): Value[] {
  if (!Array.isArray(value)) throw new CommandError(code, `${message}, but was of type: ${typeName(value)}`);
  return value;
}

const present = (values: readonly Value[]): Value[] => values.filter((value) => value !== null);

function variableName(name: Maybe): string {
  return typeof name === 'string' ? name : 'this';
}

function elementAt(value: Value, index: Value): Maybe {
  const values = list(value, 28689, "$arrayElemAt's first argument must be an array");
  if (!isNumber(index)) throw new CommandError(28690, "$arrayElemAt's second argument must be a numeric value");
  return values.at(whole(index, 28691, "$arrayElemAt's second argument must be a 32-bit integer"));
}

function whole(value: Maybe, code: number, message: string): number {
  const n = toInteger(value);
  if (n === undefined) throw new CommandError(code, message);
  return n;
}

function slice(args: readonly Maybe[]): Maybe {
  const [value, second, third] = args;
  if (args.some(isNullish)) return null;
  const values = list(value, 28724, 'First argument to $slice must be an array');
  const start = whole(second, 28725, 'Second argument to $slice must be a 32-bit integer');
  if (third === undefined) return start < 0 ? values.slice(start) : values.slice(0, start);
  const count = whole(third, 28727, 'Third argument to $slice must be a 32-bit integer');
  if (count <= 0) throw new CommandError(28729, 'Third argument to $slice must be positive');
  const from = start < 0 ? Math.max(values.length + start, 0) : start;
  return values.slice(from, from + count);
}

function indexOfArray(args: readonly Maybe[]): Value {
  const [value, wanted, start, end] = args;
  if (isNullish(value)) return null;
  const values = list(value, 40090, '$indexOfArray requires an array as a first argument');
  const from = args.length > 2 ? whole(start, 40096, '$indexOfArray requires a starting index') : 0;
  const to = args.length > 3 ? whole(end, 40096, '$indexOfArray requires an ending index') : values.length;
  if (from < 0 || to < 0) throw new CommandError(40097, '$indexOfArray requires a nonnegative index');
  return new Int32(values.findIndex((item, i) => i >= from && i < to && equalValues(item, wanted)));
}

function sortArray(...[argument, scope, name]: Parameters<Operator>): Evaluate {
  const parts = rawParts(argument, name, ['input', 'sortBy'], {
    form: 2942500,
    unknown: 2942501,
    missing: { input: 2942502, sortBy: 2942503 },
  });
  const input = compile(parts.get('input') ?? null, scope);
  const by = parts.get('sortBy') ?? null;
  if (!(by instanceof Map) && Math.abs(toInteger(by) ?? 0) !== 1) throw new CommandError(2942505, 'Illegal sortBy for $sortArray');
  return (doc, env) => {
    const value = input(doc, env);
    if (isNullish(value)) return null;
    return sortValues(list(value, 2942504, 'The input argument to $sortArray must be an array'), by);
  };
}

/** Sorts values whole (by 1 or -1) or by their fields (what is no document counts as one without fields). */
export function sortValues(values: readonly Value[], by: Value): Value[] {
  if (!(by instanceof Map)) {
    const sign = toInteger(by) === -1 ? -1 : 1;
    return values.toSorted((a, b) => sign * compareValues(a, b));
  }
  const owners = new Map(values.map((value) => [value instanceof Map ? new Map(value) : new Map<string, Value>(), value]));
  return sortDocs(owners.keys(), by).map((doc) => owners.get(doc) ?? null);
}

function range([start, end, step]: readonly Maybe[]): Value {
  const from = whole(start, 34443, '$range requires a numeric starting value');
  const to = whole(end, 34445, '$range requires a numeric ending value');
  const by = step === undefined ? 1 : whole(step, 34447, '$range requires a numeric step value');
  if (by === 0) throw new CommandError(34449, '$range requires a non-zero step value');
  const count = Math.max(0, Math.ceil((to - from) / by));
  if (count > 5_000_000) throw new CommandError(146, '$range would use too much memory');
  return Array.from({ length: count }, (_, i) => new Int32(from + i * by));
}

function zip(...[argument, scope, name]: Parameters<Operator>): Evaluate {
  const parts = rawParts(argument, name, ['inputs', '?useLongestLength', '?defaults'], { form: 34460, unknown: 34464, missing: 34465 });
  const given = parts.get('inputs');
  if (!Array.isArray(given)) throw new CommandError(34461, 'inputs must be an array of expressions');
  const inputs = given.map((item) => compile(item, scope));
  const longest = parts.get('useLongestLength') === true;
  const standIns = parts.get('defaults');
  if (standIns !== undefined && (!longest || !Array.isArray(standIns)))
    throw new CommandError(34466, 'cannot specify defaults unless useLongestLength is true');
  const defaults = (Array.isArray(standIns) ? standIns : []).map((item) => compile(item, scope));
  if (standIns !== undefined && defaults.length !== inputs.length)
    throw new CommandError(34467, 'defaults and inputs must have the same length');
  return (doc, env) => {
    const values = inputs.map((input) => input(doc, env));
    if (values.some(isNullish)) return null;
    const lists = values.map((value) => list(value, 34468, '$zip found a non-array expression in input'));
    const lengths = lists.map((item) => item.length);
    const length = longest ? Math.max(...lengths) : Math.min(...lengths);
    return Array.from({ length }, (_, i) => lists.map((item, k) => item[i] ?? defaults[k]?.(doc, env) ?? null));
  };
}

function filter(...[argument, scope, name]: Parameters<Operator>): Evaluate {
  const parts = rawParts(argument, name, ['input', '?as', 'cond', '?limit'], {
    form: 28646,
    unknown: 28647,
    missing: { input: 28648, cond: 28650 },
  });
  const inner = bind(scope, variableName(parts.get('as')));
  const input = compile(parts.get('input') ?? null, scope);
  const test = compile(parts.get('cond') ?? null, inner.scope);
  const most = compile(parts.get('limit') ?? null, scope);
  return (doc, env) => {
    const values = input(doc, env);
    if (isNullish(values)) return null;
    const max = most(doc, env);
    const limit = isNullish(max) ? Infinity : whole(max, 327391, '$filter: limit must be a 32-bit integer');
    if (limit < 1) throw new CommandError(327392, '$filter: limit must be greater than 0');
    const kept: Value[] = [];
    for (const item of list(values, 28651, 'input to $filter must be an array')) {
      env.slots[inner.slot] = item;
      if (truthy(test(doc, env)) && kept.push(item) >= limit) break;
    }
    return kept;
  };
}

function reduce(...[argument, scope, name]: Parameters<Operator>): Evaluate {
  const parts = rawParts(argument, name, ['input', 'initialValue', 'in'], {
    form: 40075,
    unknown: 40076,
    missing: { input: 40077, initialValue: 40078, in: 40079 },
  });
  const item = bind(scope, 'this');
  const total = bind(item.scope, 'value');
  const input = compile(parts.get('input') ?? null, scope);
  const initial = compile(parts.get('initialValue') ?? null, scope);
  const body = compile(parts.get('in') ?? null, total.scope);
  return (doc, env) => {
    const values = input(doc, env);
    if (isNullish(values)) return null;
    let result = initial(doc, env);
    for (const value of list(values, 40080, '$reduce requires that input be an array')) {
      env.slots[item.slot] = value;
      env.slots[total.slot] = result;
      result = body(doc, env);
    }
    return result;
  };
}

function taking(take: (values: readonly Value[], n: number) => Value[]): Operator {
  return (argument, scope, name) => {
    const part = named(argument, scope, name, ['input', 'n'], { form: 5787801, unknown: 5787901, missing: { n: 5787906, input: 5787907 } });
    return (doc, env) => {
      const n = positive(part('n')(doc, env));
      return take(list(part('input')(doc, env), 5788200, `Input must be an array for ${name}`), n);
    };
  };
}

/** The `n` of $firstN and its like. */
export function positive(value: Maybe): number {
  if (!isNumber(value)) throw new CommandError(5787902, "Value for 'n' must be of integral type");
  const n = whole(value, 5787903, `Value for 'n' must be of integral type, but found ${toNumber(value)}`);
  if (n <= 0) throw new CommandError(5787908, "'n' must be greater than 0");
  return n;
}
