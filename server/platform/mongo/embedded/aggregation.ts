import { CommandError, refuse } from './errors.ts';
import { newEnv, newScope, partsOf, splitPath, type Env, type Find, type Scope } from './expression.ts';
import { compile } from './expressions.ts';
import { compileLookup, type Stage } from './lookup.ts';
import { compileMatch } from './matcher.ts';
import { entryOf, intOrLong, toInteger, typeName, type Doc, type Maybe, type Value } from './model.ts';
import { compileAddFields, compileProjectStage, compileUnset } from './projection.ts';
import { compileSort, sortDocs } from './sort.ts';
import { groupStages } from './stages-group.ts';
import { refusedNames } from './supported.ts';
import { compileUnwind } from './unwind.ts';

/**
 * Runs an aggregation pipeline over documents, row by row where the stages allow it. The pipeline is compiled before the first document is asked for.
 *
 * @throws CommandError 40324 for an unknown stage, 238 for one the engine has not, others as MongoDB
 */
export function runPipeline(pipeline: readonly Doc[], source: Iterable<Doc>, now: Date, find: Find): Iterable<Doc> {
  return compilePipeline(pipeline, newScope())(source, newEnv(now, find));
}

function compilePipeline(pipeline: readonly Value[], scope: Scope): Stage {
  const parts = pipeline.map(stageParts);
  const compiled = parts.map(([name, spec], i) => {
    const stage = entryOf(stages, name);
    if (stage !== undefined) return stage(spec, scope, parts.slice(i + 1));
    throw refusedNames.stages.includes(name)
      ? refuse(`stage ${name}`)
      : new CommandError(40324, `Unrecognized pipeline stage name: '${name}'`);
  });
  return (source, env) => compiled.reduce((rows, stage) => stage(rows, env), source);
}

type StageParts = readonly [name: string, spec: Value];

function stageParts(stage: Value): StageParts {
  const [entry, ...more] = stage instanceof Map ? stage : [];
  if (entry !== undefined && more.length === 0) return entry;
  throw new CommandError(40323, 'A pipeline stage specification object must contain exactly one field.');
}

type CompileStage = (spec: Value, scope: Scope, rest: readonly StageParts[]) => Stage;

/** Every stage by its name; $sort also looks at what follows. */
export const stages: Readonly<Record<string, CompileStage>> = {
  $match: (spec, scope) => {
    if (!(spec instanceof Map)) throw new CommandError(15959, 'the match filter must be an expression in an object');
    const matches = compileMatch(spec, scope);
    return function* (source, env) {
      for (const doc of source) if (matches(doc, env)) yield doc;
    };
  },
  $sort: (spec, _, rest) => {
    if (!(spec instanceof Map)) throw new CommandError(15973, 'the $sort key specification must be an object');
    if (spec.size === 0) throw new CommandError(15976, '$sort stage must have at least one sort key');
    compileSort(spec); // a wrong direction fails before any document
    const limit = rowsUsedBy(rest);
    return function* (source) {
      yield* sortDocs(source, spec, limit);
    };
  },
  $limit: (spec) => {
    const most = rowCount(spec, '$limit', 5107201);
    if (most === 0) throw new CommandError(15958, 'the limit must be positive');
    return function* (source) {
      let passed = 0;
      for (const doc of source) {
        yield doc;
        if (++passed >= most) return;
      }
    };
  },
  $skip: (spec) => {
    const first = rowCount(spec, '$skip', 5107200);
    return function* (source) {
      let seen = 0;
      for (const doc of source) if (seen++ >= first) yield doc;
    };
  },
  $count: (spec) => {
    if (typeof spec !== 'string') throw new CommandError(40156, 'the count field must be a non-empty string');
    if (spec === '') throw new CommandError(40157, 'the count field must be a non-empty string');
    if (spec.startsWith('$')) throw new CommandError(40158, 'the count field cannot be a $-prefixed path');
    if (spec.includes('.')) throw new CommandError(40160, "the count field cannot contain '.'");
    return function* (source) {
      let count = 0;
      for (const _ of source) count++;
      if (count > 0) yield new Map([[spec, intOrLong(count)]]);
    };
  },
  $facet: facet,
  $lookup: (spec, scope) => compileLookup(spec, scope, compilePipeline),
  $unwind: compileUnwind,
  ...groupStages,
  $project: eachRow(compileProjectStage),
  $addFields: eachRow((spec, scope) => compileAddFields(spec, scope, '$addFields')),
  $set: eachRow((spec, scope) => compileAddFields(spec, scope, '$set')),
  $unset: eachRow(compileUnset),
  $replaceRoot: eachRow((spec, scope) => newRoot(partsOf(spec, '$replaceRoot', [40229, 40230], { newRoot: 40231 })[0], scope)),
  $replaceWith: eachRow(newRoot),
};

type Row = (doc: Doc, env: Env) => Doc;

function eachRow(compileRow: (spec: Value, scope: Scope) => Row): CompileStage {
  return (spec, scope) => {
    const row = compileRow(spec, scope);
    return function* (source, env) {
      for (const doc of source) yield row(doc, env);
    };
  };
}

function newRoot(expression: Maybe, scope: Scope): Row {
  const evaluate = compile(expression, scope);
  return (doc, env) => {
    const root = evaluate(doc, env);
    if (root instanceof Map) return root;
    throw new CommandError(40228, `'newRoot' expression must evaluate to an object, but resulting value was of type ${typeName(root)}`);
  };
}

function rowCount(spec: Value, name: string, code: number): number {
  const n = toInteger(spec);
  if (n === undefined || n < 0) throw new CommandError(code, `invalid argument to ${name} stage: Expected a non-negative number`);
  return n;
}

/** How many rows of a sort the next stages can use: `$limit`, or `$skip` and `$limit`. */
function rowsUsedBy(rest: readonly StageParts[]): number {
  let skipped = 0;
  for (const [name, spec] of rest) {
    const n = toInteger(spec) ?? 0;
    if (name === '$limit' && n > 0) return skipped + n;
    if (name !== '$skip' || n < 0) break;
    skipped += n;
  }
  return Infinity;
}

const notInFacet = new Set(
  '$facet $out $merge $geoNear $indexStats $collStats $planCacheStats $search $searchMeta $vectorSearch $changeStream'.split(' '),
);

function facet(spec: Value, scope: Scope): Stage {
  if (!(spec instanceof Map) || spec.size === 0) throw new CommandError(40169, 'the $facet specification must be a non-empty object');
  const facets = [...spec].map(([name, pipeline]): [string, Stage] => {
    if (splitPath(name).length > 1) throw new CommandError(40412, `the name of a facet may not contain a '.': ${name}`);
    if (!Array.isArray(pipeline)) throw new CommandError(40170, `arguments to $facet must be arrays, ${name} is not`);
    for (const [inner] of pipeline.map(stageParts))
      if (notInFacet.has(inner)) throw new CommandError(40600, `${inner} is not allowed to be used within a $facet stage`);
    return [name, compilePipeline(pipeline, scope)];
  });
  return function* (source, env) {
    const rows = [...source];
    yield new Map(facets.map(([name, pipeline]): [string, Value] => [name, [...pipeline(rows, env)]]));
  };
}
