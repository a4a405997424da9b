import { valueKey } from './compare.ts';
import { failedToParse, refuse } from './errors.ts';
import { bindAll, partsOf, splitPath, type Env, type Scope } from './expression.ts';
import { compile } from './expressions.ts';
import { BSONRegExp, type Doc, type Maybe, type Value } from './model.ts';
import { isIndex, visitPath } from './paths.ts';
import { setAt } from './shape.ts';

/** A compiled stage or pipeline. */
export type Stage = (source: Iterable<Doc>, env: Env) => Iterable<Doc>;
type CompilePipeline = (pipeline: readonly Value[], scope: Scope) => Stage;

const maxRemembered = 10_000;

/**
 * Compiles $lookup, by equal fields, by a pipeline with variables, or both. What is looked for in the other collection is a filter,
 * so that an index there can be used. Without variables the answer depends on the local values alone: equal ones are looked up once.
 */
export function compileLookup(spec: Value, scope: Scope, compilePipeline: CompilePipeline): Stage {
  const { from, as, local, foreign, variables, stages } = joinOf(spec);
  const { inner, fill } = bindAll(scope, variables);
  const pipeline = compilePipeline(stages, inner);
  const narrowed = narrowings(stages[0], inner);
  const found = (values: Value[] | undefined, env: Env): Value[] => {
    const conditions: Value[] = narrowed.flatMap((narrowing) => narrowing(env));
    if (values !== undefined) conditions.push(fieldFilter(foreign, values));
    return [...pipeline(env.find(from, new Map(conditions.length === 0 ? [] : [['$and', conditions]])), env)];
  };
  return function* (source, env) {
    const known = new Map<string, Value[]>();
    for (const doc of source) {
      const values = local === undefined ? undefined : localValues(doc, local);
      fill(doc, env);
      const key = valueKey(values);
      const result = known.get(key) ?? found(values, env);
      if (variables.size === 0 && known.size < maxRemembered) known.set(key, result);
      yield setAt(doc, as, result);
    }
  };
}

interface Join {
  readonly from: string;
  readonly as: readonly string[];
  readonly local: readonly string[] | undefined;
  readonly foreign: string;
  readonly variables: Doc;
  readonly stages: readonly Value[];
}

function joinOf(spec: Value): Join {
  const optional = { localField: undefined, foreignField: undefined, let: undefined, pipeline: undefined };
  const [from, as, local, foreign, variables = new Map<string, Value>(), stages] = partsOf(spec, '$lookup', [9, 9], {
    from: 9,
    as: 9,
    ...optional,
  });
  if (from instanceof Map) throw refuse('$lookup from another database');
  checkForm(local !== undefined, foreign !== undefined, stages !== undefined, spec instanceof Map && spec.has('let'));
  if (!(variables instanceof Map)) throw failedToParse("$lookup argument 'let' must be an object");
  if (stages !== undefined && !Array.isArray(stages)) throw failedToParse("'pipeline' option must be specified as an array");
  return {
    from: text(from, 'from'),
    as: splitPath(text(as, 'as')),
    local: local === undefined ? undefined : splitPath(text(local, 'localField')),
    foreign: foreign === undefined ? '' : text(foreign, 'foreignField'),
    variables,
    stages: stages ?? [],
  };
}

function checkForm(hasLocal: boolean, hasForeign: boolean, hasPipeline: boolean, hasLet: boolean): void {
  if (hasLocal !== hasForeign) throw failedToParse('$lookup requires both or neither of localField and foreignField');
  if (!hasPipeline && (!hasLocal || hasLet))
    throw failedToParse("$lookup requires 'pipeline' (with 'let') or 'localField' and 'foreignField'");
}

function text(value: Maybe, name: string): string {
  if (typeof value === 'string') return value;
  throw failedToParse(`$lookup argument '${name}' must be a string`);
}

/** What the other documents are compared with: the elements of arrays, null where there is nothing. */
function localValues(doc: Doc, parts: readonly string[]): Value[] {
  const values: Value[] = [];
  visitPath(doc, parts, 0, true, (value, element) => {
    if (value !== undefined && (element >= 0 || !Array.isArray(value))) values.push(value);
    return false;
  });
  return values.length === 0 ? [null] : values;
}

function fieldFilter(path: string, values: Value[]): Doc {
  if (values.some((value) => value instanceof BSONRegExp)) throw refuse('$lookup by a regular expression');
  const [only = null] = values;
  return new Map([[path, new Map([values.length === 1 ? ['$eq', only] : ['$in', values]])]]);
}

/** A condition that all documents of interest meet, to be asked before the pipeline runs. */
type Narrowing = (env: Env) => Value[];

/** Looks for such conditions in a $match at the beginning: its ordinary fields, and `$eq: ['$field', '$$variable']` in its $expr. */
function narrowings(stage: Maybe, scope: Scope): Narrowing[] {
  const match = stage instanceof Map ? stage.get('$match') : undefined;
  if (!(match instanceof Map)) return [];
  const plain: Doc = new Map([...match].filter(([name]) => !name.startsWith('$')));
  const fixed: Narrowing[] = plain.size === 0 ? [] : [() => [plain]];
  return [...fixed, ...equalitiesIn(match.get('$expr'), scope)];
}

function equalitiesIn(expression: Maybe, scope: Scope): Narrowing[] {
  if (!(expression instanceof Map)) return [];
  const all = expression.get('$and');
  if (Array.isArray(all)) return all.flatMap((part) => equalitiesIn(part, scope));
  const given = expression.get('$eq');
  const sides = Array.isArray(given) ? given.filter((side) => typeof side === 'string') : [];
  const field = sides.find((side) => /^\$[^$]/.test(side) && !side.split('.').some(isIndex));
  const outer = sides.find((side) => side.startsWith('$$') && scope.includes(side.slice(2).split('.', 1)[0] ?? ''));
  if (field === undefined || outer === undefined) return [];
  const evaluate = compile(outer, scope);
  return [
    (env) => {
      const value = evaluate(new Map(), env);
      if (Array.isArray(value) || value instanceof BSONRegExp) return []; // a field that is an array is equal as a whole, which no filter says
      return [new Map([[field.slice(1), new Map([['$eq', value ?? null]])]])];
    },
  ];
}
