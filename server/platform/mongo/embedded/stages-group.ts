import { compileAccumulator, type Accumulator, type Total } from './accumulators.ts';
import { compareValues, valueKey } from './compare.ts';
import { CommandError } from './errors.ts';
import { newEnv, partsOf, type Env, type Evaluate, type Scope } from './expression.ts';
import { compile } from './expressions.ts';
import { Int32, orderOf, type Doc, type Maybe, type Value } from './model.ts';
import { sortDocs } from './sort.ts';

type GroupStage = (source: Iterable<Doc>, env: Env) => Iterable<Doc>;

/** The stages that make one document of many. */
export const groupStages: Readonly<Record<string, (spec: Value, scope: Scope) => GroupStage>> = {
  $group: (spec, scope) => {
    if (!(spec instanceof Map)) throw new CommandError(15947, "a group's fields must be specified in an object");
    const id = spec.get('_id');
    if (id === undefined) throw new CommandError(15955, 'a group specification must include an _id');
    return grouping(groupId(id, scope), new Map([...spec].filter(([name]) => name !== '_id')), scope);
  },
  $sortByCount: (spec, scope) => {
    const isExpression = spec instanceof Map ? [...spec.keys()][0]?.startsWith('$') : typeof spec === 'string' && spec.startsWith('$');
    const code = spec instanceof Map ? 40147 : 40148 + Number(typeof spec !== 'string');
    if (isExpression !== true) throw new CommandError(code, 'the sortByCount field must be defined as a $-prefixed path or an expression');
    const run = grouping(groupId(spec, scope), counting, scope);
    return (source, env) => sortDocs(run(source, env), new Map([['count', new Int32(-1)]]));
  },
  $bucket: bucket,
};

const counting: Doc = new Map([['count', new Map([['$sum', new Int32(1)]])]]);

/** A document with one field gives null where that is missing; with several fields the missing one stays away (as in MongoDB). */
function groupId(id: Value, scope: Scope): Evaluate {
  const evaluate = compile(id, scope);
  const [only, ...more] = id instanceof Map ? id.keys() : [];
  if (only === undefined || more.length > 0 || only.startsWith('$')) return evaluate;
  return (doc, env) => {
    const value = evaluate(doc, env);
    return value instanceof Map && value.size === 0 ? new Map<string, Value>([[only, null]]) : value;
  };
}

interface Group {
  readonly id: Value;
  readonly totals: readonly Total[];
}

function grouping(idOf: Evaluate, fields: Doc, scope: Scope): GroupStage {
  const outputs = [...fields].map(([name, value]) => ({ name, ...accumulator(name, value, scope) }));
  return function* (source, env) {
    const groups = new Map<string, Group>();
    for (const doc of source) {
      const id = idOf(doc, env) ?? null;
      const key = valueKey(id);
      let group = groups.get(key);
      if (group === undefined) {
        group = { id, totals: outputs.map(({ start }) => start(id instanceof Map ? id : new Map<string, Value>(), env)) };
        groups.set(key, group);
      }
      for (const [i, { input }] of outputs.entries()) group.totals[i]?.add(input(doc, env), doc);
    }
    for (const { id, totals } of groups.values())
      yield new Map<string, Value>([['_id', id], ...totals.map((total, i): [string, Value] => [outputs[i]?.name ?? '', total.result()])]);
  };
}

function accumulator(name: string, value: Value, scope: Scope): Accumulator {
  if (!(value instanceof Map)) throw new CommandError(40234, `The field '${name}' must be an accumulator object`);
  if (name.includes('.')) throw new CommandError(40235, `The field name '${name}' cannot contain '.'`);
  if (name.startsWith('$')) throw new CommandError(40236, `The field name '${name}' cannot be an operator name`);
  const [entry, ...more] = value;
  if (entry === undefined || more.length > 0) throw new CommandError(40238, `The field '${name}' must specify one accumulator`);
  return compileAccumulator(entry[1], scope, entry[0]);
}

function bucket(spec: Value, scope: Scope): GroupStage {
  const parts = { groupBy: 40198, boundaries: 40198, default: undefined, output: counting };
  const [groupBy, boundaries, standIn, output] = partsOf(spec, '$bucket', [40201, 40197], parts);
  const env = newEnv(new Date());
  const constant = (value: Value): Value => compile(value, scope)(new Map(), env) ?? null;
  const bounds = checkedBounds(boundaries, constant);
  const otherwise = standIn === undefined ? undefined : constant(standIn);
  if (otherwise !== undefined && bucketOf(otherwise, bounds) !== undefined)
    throw new CommandError(40199, "The $bucket 'default' field must lie below the lowest boundary or not below the highest");
  if (!(output instanceof Map)) throw new CommandError(40196, "The $bucket 'output' field must be an object");
  const evaluate = compile(groupBy, scope);
  const idOf: Evaluate = (doc, at) => {
    const found = bucketOf(evaluate(doc, at), bounds) ?? otherwise;
    if (found !== undefined) return found;
    throw new CommandError(40066, '$switch could not find a matching branch for an input, and no default was specified.');
  };
  const run = grouping(idOf, output, scope);
  return (source, at) => sortDocs(run(source, at), new Map([['_id', new Int32(1)]]));
}

function checkedBounds(given: Maybe, constant: (value: Value) => Value): Value[] {
  if (!Array.isArray(given)) throw new CommandError(40200, "The $bucket 'boundaries' field must be an array");
  if (given.length < 2) throw new CommandError(40192, "The $bucket 'boundaries' field must have at least 2 values");
  const bounds = given.map(constant);
  for (const [i, bound] of bounds.slice(1).entries()) {
    if (orderOf(bounds[i]) !== orderOf(bound))
      throw new CommandError(40193, "All values in the 'boundaries' option to $bucket must have the same type");
    if (compareValues(bounds[i], bound) >= 0) throw new CommandError(40194, "The 'boundaries' option to $bucket must be sorted");
  }
  return bounds;
}

/** The lower boundary of the bucket a value lies in; values of another type than the boundaries are in none. */
function bucketOf(value: Maybe, bounds: readonly Value[]): Maybe {
  const above = orderOf(value) === orderOf(bounds[0]) ? bounds.findIndex((bound) => compareValues(value, bound) < 0) : -1;
  return bounds[above - 1];
}
