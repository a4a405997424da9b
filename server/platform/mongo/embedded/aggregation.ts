import { CommandError, refuse } from './errors.ts';
import { newEnv, newScope, splitPath } from './expression.ts';
import type { Scope } from './expression.ts';
import { compileLookup } from './lookup.ts';
import { compileMatch } from './matcher.ts';
import { intOrLong, toInteger } from './model.ts';
import type { Doc, Value } from './model.ts';
import { compileSort, sortDocs } from './sort.ts';
import type { Host, Stage } from './stage.ts';
import { groupStages } from './stages-group.ts';
import { rowStages, stageParts, unknownStage } from './stages-shape.ts';
import { refusedNames } from './supported.ts';
import { compileUnwind } from './unwind.ts';

export type { Host } from './stage.ts';

/**
 * Runs an aggregation pipeline over documents, row by row where the stages allow it. The pipeline is compiled before the first document is asked for.
 *
 * @throws CommandError 40324 for an unknown stage, 238 for one the engine has not, others as MongoDB
 */
export function runPipeline(pipeline: readonly Doc[], source: Iterable<Doc>, host: Host): Iterable<Doc> {
  return compilePipeline(pipeline, newScope(host.vars))(source, { env: newEnv(host.now), host });
}

/** Compiles a pipeline once, to be run many times. */
function compilePipeline(pipeline: readonly Value[], scope: Scope = newScope()): Stage {
  const stages: Stage[] = [];
  for (const [i, stage] of pipeline.entries()) {
    const [name, spec] = stageParts(stage);
    stages.push(name === '$sort' ? sortStage(spec, rowsAfterSort(pipeline.slice(i + 1))) : compileStage(name, spec, scope));
  }
  return (source, run) => stages.reduce((rows, stage) => stage(rows, run), source);
}

function compileStage(name: string, spec: Value, scope: Scope): Stage {
  const row = rowStages[name];
  if (row !== undefined) return eachRow(row(spec, scope));
  const group = groupStages[name];
  if (group !== undefined) {
    const run = group(spec, scope);
    return (source, { env }) => run(source, env);
  }
  const other = otherStages[name];
  if (other !== undefined) return other(spec, scope);
  throw refusedNames.stages.includes(name) ? refuse(`stage ${name}`) : unknownStage(name);
}

function eachRow(row: ReturnType<(typeof rowStages)[string]>): Stage {
  return function* (source, { env }) {
    for (const doc of source) yield row(doc, env);
  };
}

/** Stages with a way of their own; $sort stands apart because it looks at what follows. */
export const otherStages: Readonly<Record<string, (spec: Value, scope: Scope) => Stage>> = {
  $match: (spec, scope) => {
    if (!(spec instanceof Map)) throw new CommandError(15959, 'the match filter must be an expression in an object');
    const matches = compileMatch(spec, scope);
    return function* (source, { env }) {
      for (const doc of source) if (matches(doc, env)) yield doc;
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
  $count: countStage,
  $unwind: compileUnwind,
  $lookup: (spec, scope) => compileLookup(spec, scope, compilePipeline),
  $facet: facetStage,
};

function rowCount(spec: Value, name: string, code: number): number {
  const n = toInteger(spec);
  if (n === undefined || n < 0) throw new CommandError(code, `invalid argument to ${name} stage: Expected a non-negative number`);
  return n;
}

function sortStage(spec: Value, limit: number): Stage {
  if (!(spec instanceof Map)) throw new CommandError(15973, 'the $sort key specification must be an object');
  if (spec.size === 0) throw new CommandError(15976, '$sort stage must have at least one sort key');
  compileSort(spec); // a wrong direction fails before any document
  return function* (source) {
    yield* sortDocs(source, spec, limit);
  };
}

/** How many rows of a sort the next stages can use: `$limit`, or `$skip` and `$limit`. */
function rowsAfterSort(rest: readonly Value[]): number {
  let skipped = 0;
  for (const stage of rest) {
    const [name, spec] = stageParts(stage);
    const n = toInteger(spec) ?? 0;
    if (name === '$limit' && n > 0) return skipped + n;
    if (name !== '$skip' || n < 0) return Infinity;
    skipped += n;
  }
  return Infinity;
}

function countStage(spec: Value): Stage {
  if (typeof spec !== 'string') throw new CommandError(40156, 'the count field must be a non-empty string');
  if (spec === '') throw new CommandError(40157, 'the count field must be a non-empty string');
  if (spec.startsWith('$')) throw new CommandError(40158, 'the count field cannot be a $-prefixed path');
  if (spec.includes('.')) throw new CommandError(40160, "the count field cannot contain '.'");
  return function* (source) {
    let count = 0;
    for (const _ of source) count++;
    if (count > 0) yield new Map([[spec, intOrLong(count)]]);
  };
}

const notInFacet = new Set([
  '$facet',
  '$out',
  '$merge',
  '$geoNear',
  '$indexStats',
  '$collStats',
  '$planCacheStats',
  '$search',
  '$searchMeta',
  '$vectorSearch',
  '$changeStream',
]);

function facetStage(spec: Value, scope: Scope): Stage {
  if (!(spec instanceof Map) || spec.size === 0)
    throw new CommandError(40169, 'the $facet specification must be a non-empty object, but found something else');
  const facets = [...spec].map(([name, pipeline]): [string, Stage] => {
    const [part = '', ...more] = splitPath(name);
    if (more.length > 0) throw new CommandError(40412, `the name of a facet may not contain a '.': ${name}`);
    if (!Array.isArray(pipeline)) throw new CommandError(40170, `arguments to $facet must be arrays, ${name} is not`);
    for (const stage of pipeline)
      if (notInFacet.has(stageParts(stage)[0]))
        throw new CommandError(40600, `${stageParts(stage)[0]} is not allowed to be used within a $facet stage`);
    return [part, compilePipeline(pipeline, scope)];
  });
  return function* (source, run) {
    const rows = [...source];
    yield new Map(facets.map(([name, pipeline]): [string, Value] => [name, [...pipeline(rows, run)]]));
  };
}
