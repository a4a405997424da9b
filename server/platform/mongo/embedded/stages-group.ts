import { compileAccumulator } from './accumulators.ts';
import type { Accumulator } from './accumulators.ts';
import { compareValues, valueKey } from './compare.ts';
import { CommandError } from './errors.ts';
import { newEnv, rawParts } from './expression.ts';
import type { Env, Evaluate, Scope } from './expression.ts';
import { compile } from './expressions.ts';
import { Int32, orderOf } from './model.ts';
import type { Doc, Maybe, Value } from './model.ts';
import { sortDocs } from './sort.ts';

type GroupStage = (source: Iterable<Doc>, env: Env) => Iterable<Doc>;

interface Output {
  readonly name: string;
  readonly start: () => Accumulator;
}

/** The stages that make one document of many. */
export const groupStages: Readonly<Record<string, (spec: Value, scope: Scope) => GroupStage>> = {
  $group: group,
  $bucket: bucket,
  $sortByCount: sortByCount,
};

function group(spec: Value, scope: Scope): GroupStage {
  if (!(spec instanceof Map)) throw new CommandError(15947, "a group's fields must be specified in an object");
  const id = spec.get('_id');
  if (id === undefined) throw new CommandError(15955, 'a group specification must include an _id');
  const fields = [...spec].filter(([name]) => name !== '_id');
  return grouping(
    groupId(id, scope),
    fields.map(([name, value]) => output(name, value, scope)),
  );
}

/** A document with one field gives null where that is missing; with several fields the missing one stays away (as in MongoDB). */
function groupId(id: Value, scope: Scope): Evaluate {
  const evaluate = compile(id, scope);
  const [only, ...more] = id instanceof Map ? id.keys() : [];
  if (only === undefined || more.length > 0 || only.startsWith('$')) return (doc, env) => evaluate(doc, env) ?? null;
  return (doc, env) => {
    const value = evaluate(doc, env);
    return value instanceof Map && value.size === 0 ? new Map<string, Value>([[only, null]]) : value;
  };
}

function output(name: string, value: Value, scope: Scope): Output {
  if (!(value instanceof Map)) throw new CommandError(40234, `The field '${name}' must be an accumulator object`);
  if (name.includes('.')) throw new CommandError(40235, `The field name '${name}' cannot contain '.'`);
  if (name.startsWith('$')) throw new CommandError(40236, `The field name '${name}' cannot be an operator name`);
  const [entry, ...more] = value;
  if (entry === undefined || more.length > 0) throw new CommandError(40238, `The field '${name}' must specify one accumulator`);
  return { name, start: compileAccumulator(entry[0], entry[1], scope) };
}

interface Group {
  readonly id: Value;
  readonly accumulators: readonly Accumulator[];
}

function grouping(id: Evaluate, outputs: readonly Output[]): GroupStage {
  return function* (source, env) {
    const groups = new Map<string, Group>();
    for (const doc of source) {
      const value: Maybe = id(doc, env);
      const key = valueKey(value);
      let found = groups.get(key);
      if (found === undefined) {
        found = { id: value ?? null, accumulators: outputs.map(({ start }) => start()) };
        groups.set(key, found);
      }
      for (const accumulator of found.accumulators) accumulator.add(doc, env);
    }
    for (const { id: own, accumulators } of groups.values()) {
      const result: Doc = new Map([['_id', own]]);
      for (const [i, accumulator] of accumulators.entries()) result.set(outputs[i]?.name ?? '', accumulator.result());
      yield result;
    }
  };
}

const one: Doc = new Map([['$sum', new Int32(1)]]);

function sortByCount(spec: Value, scope: Scope): GroupStage {
  const isExpression =
    typeof spec === 'string' ? spec.startsWith('$') : spec instanceof Map && [...spec.keys()][0]?.startsWith('$') === true;
  if (!isExpression)
    throw new CommandError(
      40147 + Number(!(spec instanceof Map)) + Number(!(spec instanceof Map) && typeof spec !== 'string'),
      'the sortByCount field must be defined as a $-prefixed path or an expression',
    );
  const run = grouping(groupId(spec, scope), [output('count', one, scope)]);
  return (source, env) => sortDocs(run(source, env), new Map([['count', new Int32(-1)]]));
}

function bucket(spec: Value, scope: Scope): GroupStage {
  const parts = rawParts(spec, '$bucket', ['groupBy', 'boundaries', '?default', '?output'], {
    form: 40201,
    unknown: 40197,
    missing: 40198,
  });
  const env = newEnv(new Date());
  const constant = (value: Value): Value => compile(value, scope)(new Map(), env) ?? null;
  const bounds = boundaries(parts.get('boundaries') ?? null, constant);
  const otherwise = parts.has('default') ? constant(parts.get('default') ?? null) : undefined;
  checkDefault(otherwise, bounds);
  const groupBy = compile(parts.get('groupBy') ?? null, scope);
  const fields = parts.get('output') ?? new Map<string, Value>([['count', one]]);
  if (!(fields instanceof Map)) throw new CommandError(40196, "The $bucket 'output' field must be an object");
  const run = grouping(
    (doc, at) => bucketOf(groupBy(doc, at), bounds, otherwise),
    [...fields].map(([name, value]) => output(name, value, scope)),
  );
  return (source, at) => sortDocs(run(source, at), new Map([['_id', new Int32(1)]]));
}

function boundaries(given: Value, constant: (value: Value) => Value): Value[] {
  if (!Array.isArray(given)) throw new CommandError(40200, "The $bucket 'boundaries' field must be an array");
  if (given.length < 2) throw new CommandError(40192, "The $bucket 'boundaries' field must have at least 2 values");
  const bounds = given.map(constant);
  for (const [i, bound] of bounds.entries()) {
    const before = bounds[i - 1];
    if (before === undefined) continue;
    if (orderOf(before) !== orderOf(bound))
      throw new CommandError(40193, "All values in the 'boundaries' option to $bucket must have the same type");
    if (compareValues(before, bound) >= 0) throw new CommandError(40194, "The 'boundaries' option to $bucket must be sorted");
  }
  return bounds;
}

function checkDefault(otherwise: Maybe, bounds: readonly Value[]): void {
  if (otherwise === undefined) return;
  const inside =
    orderOf(otherwise) === orderOf(bounds[0]) && compareValues(otherwise, bounds[0]) >= 0 && compareValues(otherwise, bounds.at(-1)) < 0;
  if (inside)
    throw new CommandError(
      40199,
      "The $bucket 'default' field must be less than the lowest boundary or greater than or equal to the highest boundary",
    );
}

function bucketOf(value: Maybe, bounds: readonly Value[], otherwise: Maybe): Value {
  const above = bounds.findIndex((bound) => compareValues(value ?? null, bound) < 0);
  const found = above > 0 && orderOf(value) === orderOf(bounds[0]) ? bounds[above - 1] : otherwise;
  if (found === undefined)
    throw new CommandError(40066, '$switch could not find a matching branch for an input, and no default was specified.');
  return found;
}
