import { CommandError } from './errors.ts';
import { partsOf, splitPath } from './expression.ts';
import type { Env, Scope } from './expression.ts';
import { compile } from './expressions.ts';
import { Long, typeName } from './model.ts';
import type { Doc, Maybe, Value } from './model.ts';
import { getPath } from './paths.ts';
import { compileAddFields, compileProjectStage, compileUnset } from './projection.ts';
import { setAt } from './shape.ts';

type RowStage = (doc: Doc, env: Env) => Doc;

/** The stages that make one document of one document. */
export const rowStages: Readonly<Record<string, (spec: Value, scope: Scope) => RowStage>> = {
  $project: compileProjectStage,
  $addFields: (spec, scope) => compileAddFields(spec, scope, '$addFields'),
  $set: (spec, scope) => compileAddFields(spec, scope, '$set'),
  $unset: compileUnset,
  $replaceRoot: (spec, scope) => newRoot(partsOf(spec, '$replaceRoot', [40229, 40230], { newRoot: 40231 })[0], scope),
  $replaceWith: newRoot,
};

function newRoot(expression: Maybe, scope: Scope): RowStage {
  const evaluate = compile(expression, scope);
  return (doc, env) => {
    const root = evaluate(doc, env);
    if (root instanceof Map) return root;
    throw new CommandError(40228, `'newRoot' expression must evaluate to an object, but resulting value was of type ${typeName(root)}`);
  };
}

/** Compiles $unwind: one document per element of an array. */
export function compileUnwind(spec: Value): (source: Iterable<Doc>) => Iterable<Doc> {
  if (typeof spec !== 'string' && !(spec instanceof Map))
    throw new CommandError(15981, `expected either a string or an object as specification for $unwind stage, got ${typeName(spec)}`);
  const parts = { path: 28812, includeArrayIndex: undefined, preserveNullAndEmptyArrays: false };
  const [path, indexName, keep] = typeof spec === 'string' ? [spec, undefined, false] : partsOf(spec, '$unwind', [15981, 28811], parts);
  if (typeof path !== 'string') throw new CommandError(28808, `expected a string as the path for $unwind stage, got ${typeName(path)}`);
  if (!path.startsWith('$')) throw new CommandError(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  if (typeof keep !== 'boolean')
    throw new CommandError(28809, 'expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage');
  const field = splitPath(path.slice(1));
  const index = indexName === undefined ? undefined : indexField(indexName);
  const numbered = (row: Doc, i: Value): Doc => (index === undefined ? row : setAt(row, index, i));
  return function* (source) {
    for (const doc of source) {
      const value = getPath(doc, path.slice(1));
      if (!Array.isArray(value)) {
        if (keep || (value !== null && value !== undefined)) yield numbered(doc, null);
      } else if (value.length > 0) for (const [i, item] of value.entries()) yield numbered(setAt(doc, field, item), Long.fromNumber(i));
      else if (keep) yield numbered(setAt(doc, field, undefined), null);
    }
  };
}

function indexField(name: Value): string[] {
  if (typeof name !== 'string' || name === '')
    throw new CommandError(28810, 'expected a non-empty string for the includeArrayIndex option to $unwind stage');
  if (name.startsWith('$'))
    throw new CommandError(28822, `includeArrayIndex option to $unwind stage should not be prefixed with a '$': ${name}`);
  return splitPath(name);
}
