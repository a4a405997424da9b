import { valueKey } from './compare.ts';
import { failedToParse, refuse } from './errors.ts';
import { bind, rawParts, splitPath } from './expression.ts';
import type { Env, Evaluate, Scope } from './expression.ts';
import { compile } from './expressions.ts';
import { BSONRegExp } from './model.ts';
import type { Doc, Maybe, Value } from './model.ts';
import { isIndex, visitPath } from './paths.ts';
import type { CompilePipeline, Run, Stage } from './stage.ts';
import { setAt } from './unwind.ts';

interface Join {
  readonly from: string;
  readonly local: readonly string[] | undefined;
  readonly foreign: string;
  readonly variables: ReadonlyArray<{ slot: number; evaluate: Evaluate }>;
  readonly pipeline: Stage | undefined;
  readonly narrowed: readonly Narrowing[];
}

/**
 * Compiles $lookup, by equal fields, by a pipeline with variables, or both. What is looked for in the other collection is a filter,
 * so that an index there can be used.
 */
export function compileLookup(spec: Value, scope: Scope, compilePipeline: CompilePipeline): Stage {
  const parts = rawParts(spec, '$lookup', ['from', '?localField', '?foreignField', '?let', '?pipeline', 'as']);
  const as = splitPath(text(parts, 'as'));
  const join = joinOf(parts, scope, compilePipeline);
  return function* (source, run) {
    const known = new Map<string, Value[]>();
    for (const doc of source) yield setAt(doc, as, join.variables.length > 0 ? found(join, doc, run) : remembered(join, doc, run, known));
  };
}

function text(parts: Doc, name: string): string {
  const value = parts.get(name);
  if (typeof value !== 'string') throw failedToParse(`$lookup argument '${name}' must be a string`);
  return value;
}

function joinOf(parts: Doc, scope: Scope, compilePipeline: CompilePipeline): Join {
  if (parts.get('from') instanceof Map) throw refuse('$lookup from another database');
  const hasFields = parts.has('localField');
  if (hasFields !== parts.has('foreignField')) throw failedToParse('$lookup requires both or neither of localField and foreignField');
  const pipeline = pipelineOf(parts, hasFields);
  const outer = variablesOf(parts.get('let'), scope);
  return {
    from: text(parts, 'from'),
    local: hasFields ? splitPath(text(parts, 'localField')) : undefined,
    foreign: hasFields ? text(parts, 'foreignField') : '',
    variables: outer.variables,
    pipeline: pipeline === undefined ? undefined : compilePipeline(pipeline, outer.scope),
    narrowed: narrowings(pipeline?.[0], outer.scope),
  };
}

function pipelineOf(parts: Doc, hasFields: boolean): Value[] | undefined {
  const pipeline = parts.get('pipeline');
  if (pipeline === undefined && !hasFields) throw failedToParse("$lookup requires 'pipeline' or 'localField' and 'foreignField'");
  if (pipeline === undefined && parts.has('let')) throw failedToParse("$lookup with a 'let' argument must also specify 'pipeline'");
  if (pipeline !== undefined && !Array.isArray(pipeline)) throw failedToParse("'pipeline' option must be specified as an array");
  return pipeline;
}

function variablesOf(given: Maybe, scope: Scope): { scope: Scope; variables: Join['variables'] } {
  if (given !== undefined && !(given instanceof Map)) throw failedToParse("$lookup argument 'let' must be an object");
  let inner = scope;
  const variables = [...(given ?? [])].map(([name, value]) => {
    const bound = bind(inner, name);
    inner = bound.scope;
    return { slot: bound.slot, evaluate: compile(value, scope) };
  });
  return { scope: inner, variables };
}

const maxRemembered = 10_000;

/** Without variables the answer depends on the local values alone: equal ones are looked up once. */
function remembered(join: Join, doc: Doc, run: Run, known: Map<string, Value[]>): Value[] {
  const key = valueKey(join.local === undefined ? [] : localValues(doc, join.local));
  const before = known.get(key);
  if (before !== undefined) return before;
  const result = found(join, doc, run);
  if (known.size < maxRemembered) known.set(key, result);
  return result;
}

function found(join: Join, doc: Doc, run: Run): Value[] {
  for (const { slot, evaluate } of join.variables) run.env.slots[slot] = evaluate(doc, run.env);
  const conditions: Value[] = join.narrowed.flatMap((narrowing) => narrowing(run.env));
  if (join.local !== undefined) conditions.push(fieldFilter(join.foreign, localValues(doc, join.local)));
  const filter: Doc = new Map(conditions.length === 0 ? [] : [['$and', conditions]]);
  const docs = run.host.find(join.from, filter);
  return [...(join.pipeline === undefined ? docs : join.pipeline(docs, run))];
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
  return new Map([[path, values.length === 1 ? new Map([['$eq', only]]) : new Map([['$in', values]])]]);
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
  const sides = expression.get('$eq');
  if (!Array.isArray(sides) || sides.length !== 2) return [];
  const field = sides.find((side) => typeof side === 'string' && /^\$[^$]/.test(side) && !side.split('.').some(isIndex));
  const other = sides.find((side) => side !== field);
  if (typeof field !== 'string' || other === undefined || !isOuter(other, scope)) return [];
  const evaluate = compile(other, scope);
  return [(env) => equalTo(field.slice(1), evaluate(new Map(), env))];
}

function isOuter(expression: Value, scope: Scope): boolean {
  if (typeof expression !== 'string') return !(expression instanceof Map || Array.isArray(expression));
  return !expression.startsWith('$') || (expression.startsWith('$$') && scope.slots.has(expression.slice(2).split('.')[0] ?? ''));
}

function equalTo(path: string, value: Maybe): Value[] {
  if (Array.isArray(value) || value instanceof BSONRegExp) return []; // a field that is an array is equal as a whole, which no filter says
  return [new Map([[path, new Map([['$eq', value ?? null]])]])];
}
