import { CommandError } from './errors.ts';
import type { Env, Scope } from './expression.ts';
import { rawParts } from './expression.ts';
import { compile } from './expressions.ts';
import { typeName } from './model.ts';
import type { Doc, Value } from './model.ts';
import { compileAddFields, compileProjectStage, compileUnset } from './projection.ts';
import { refusedNames, supported } from './supported.ts';

/** A stage that makes one document of one document. */
export type RowStage = (doc: Doc, env: Env) => Doc;

/** The stages that a pipeline update may hold too. */
export const rowStages: Readonly<Record<string, (spec: Value, scope: Scope) => RowStage>> = {
  $project: compileProjectStage,
  $addFields: (spec, scope) => compileAddFields(spec, scope, '$addFields'),
  $set: (spec, scope) => compileAddFields(spec, scope, '$set'),
  $unset: (spec) => compileUnset(spec),
  $replaceRoot: (spec, scope) => {
    const parts = rawParts(spec, '$replaceRoot', ['newRoot'], { form: 40229, unknown: 40230, missing: 40231 });
    return newRoot(parts.get('newRoot') ?? null, scope, 'newRoot');
  },
  $replaceWith: (spec, scope) => newRoot(spec, scope, 'replacement document'),
};

function newRoot(expression: Value, scope: Scope, what: string): RowStage {
  const evaluate = compile(expression, scope);
  return (doc, env) => {
    const root = evaluate(doc, env);
    if (!(root instanceof Map))
      throw new CommandError(40228, `'${what}' expression must evaluate to an object, but resulting value was of type ${typeName(root)}`);
    return root;
  };
}

/** The name and the specification of a stage. */
export function stageParts(stage: Value): [string, Value] {
  const [entry, ...more] = stage instanceof Map ? stage : [];
  if (entry === undefined || more.length > 0)
    throw new CommandError(40323, 'A pipeline stage specification object must contain exactly one field.');
  return entry;
}

/** The error for a stage that MongoDB does not know either. */
export function unknownStage(name: string): CommandError {
  return new CommandError(40324, `Unrecognized pipeline stage name: '${name}'`);
}

const isStage = (name: string): boolean => [...Object.values(supported.stages).flat(), ...refusedNames.stages].includes(name);

/** Compiles the pipeline of an update. */
export function compileRowStages(pipeline: readonly Value[], scope: Scope): RowStage {
  const stages = pipeline.map((stage) => {
    const [name, spec] = stageParts(stage);
    const compileStage = rowStages[name];
    if (compileStage === undefined)
      throw isStage(name) ? new CommandError(72, `${name} is not allowed to be used within an update`) : unknownStage(name);
    return compileStage(spec, scope);
  });
  return (doc, env) => stages.reduce((result, stage) => stage(result, env), doc);
}
