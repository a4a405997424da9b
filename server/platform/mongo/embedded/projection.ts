import { elementTest } from './conditions.ts';
import { CommandError, refuse } from './errors.ts';
import { newEnv, newScope, operators, refusedOperators, splitPath } from './expression.ts';
import type { Env, Evaluate, Scope } from './expression.ts';
import { compile } from './expressions.ts';
import { compileMatch, compilePosition } from './matcher.ts';
import { isNumber, toInteger, truthy } from './model.ts';
import type { Doc, Maybe, Value } from './model.ts';
import { computeInto, enter, exclude, include, newShape } from './shape.ts';
import type { Shape } from './shape.ts';

type Project = (doc: Doc, env: Env) => Doc;

/**
 * Compiles the projection of find and findAndModify: inclusion, exclusion, computed fields, $slice, $elemMatch, and the positional `$`,
 * which needs the filter of the command.
 *
 * @throws CommandError 31253 and 31254 for a mixture of inclusion and exclusion, 51246 when `$` finds no element.
 */
export function compileProjection(projection: Doc, filter: Doc = new Map()): (doc: Doc) => Doc {
  const reading = new Reading(newScope(), true);
  for (const [path, value] of projection) reading.field(path, value);
  const project = reading.projection();
  const position = reading.positional === undefined ? undefined : positionalPart(reading.positional, filter);
  const env = newEnv(new Date());
  return (doc) => {
    const result = reading.slices.reduce((shaped, slice) => mapArray(shaped, slice.parts, slice.cut), project(doc, env));
    return position === undefined ? result : position(doc, result);
  };
}

/** Compiles the specification of the stage $project. */
export function compileProjectStage(spec: Value, scope: Scope): Project {
  if (!(spec instanceof Map)) throw new CommandError(15969, '$project specification must be an object');
  if (spec.size === 0)
    throw new CommandError(51272, 'Invalid $project :: caused by :: projection specification must have at least one field');
  const reading = new Reading(scope, false);
  for (const [path, value] of spec) reading.field(path, value);
  return reading.projection();
}

/** Compiles the specification of $addFields or $set. */
export function compileAddFields(spec: Value, scope: Scope, stage: string): Project {
  if (!(spec instanceof Map)) throw new CommandError(40272, `${stage} specification stage must be an object`);
  const shape = newShape();
  const add = (path: string, value: Value): void => {
    if (!isNested(value)) return enter(shape, path, splitPath(path), compile(value, scope));
    if (value.size === 0) throw new CommandError(40180, `an empty object is not a valid value. Found empty object at path ${path}`);
    for (const [name, inner] of value) add(`${path}.${name}`, inner);
  };
  try {
    for (const [path, value] of spec) add(path, value);
  } catch (error) {
    if (error instanceof CommandError && (error.code === 31249 || error.code === 31250)) throw new CommandError(40176, error.message);
    throw error;
  }
  return (doc, env) => computeInto(shape, new Map(doc), doc, env);
}

/** Compiles the specification of the stage $unset. */
export function compileUnset(spec: Value): (doc: Doc) => Doc {
  const paths = Array.isArray(spec) ? spec : [spec];
  if (paths.length === 0) throw new CommandError(31119, '$unset specification must be a string or an array with at least one field');
  const shape = newShape();
  for (const path of paths) {
    if (typeof path !== 'string')
      throw new CommandError(
        Array.isArray(spec) ? 31120 : 31002,
        '$unset specification must be a string or an array containing only string values',
      );
    enter(shape, path, splitPath(path), 'leaf');
  }
  return (doc) => exclude(shape, doc);
}

/** A document without operators: its fields are parts of the path. */
function isNested(value: Value): value is Doc {
  return value instanceof Map && ![...value.keys()].some((name) => name.startsWith('$'));
}

interface Slice {
  readonly parts: readonly string[];
  readonly cut: (values: readonly Value[]) => Value[];
}

/** Reads a projection field by field and finds out whether it includes or excludes. */
class Reading {
  readonly slices: Slice[] = [];
  positional: string | undefined;
  private readonly shape: Shape = newShape();
  private readonly scope: Scope;
  private readonly isFind: boolean;
  private mode: 'include' | 'exclude' | undefined;
  private id: 'include' | 'exclude' | undefined;

  constructor(scope: Scope, isFind: boolean) {
    this.scope = scope;
    this.isFind = isFind;
  }

  field(path: string, value: Value): void {
    if (typeof value === 'boolean' || isNumber(value)) return this.flag(path, truthy(value));
    if (isNested(value) && value.size > 0) {
      for (const [name, inner] of value) this.field(`${path}.${name}`, inner);
      return;
    }
    if (value instanceof Map && value.size === 0)
      throw new CommandError(51270, 'An empty sub-projection is not a valid value. Found empty object at path');
    if (this.isFind && value instanceof Map && (value.has('$slice') || value.has('$elemMatch'))) return this.findOperator(path, value);
    this.turn('include', path);
    enter(this.shape, path, splitPath(path), compileComputed(value, this.scope));
  }

  /** `a: 1` or `a: 0`. */
  private flag(path: string, wanted: boolean): void {
    if (path === '_id') {
      this.id = wanted ? 'include' : 'exclude';
      return;
    }
    if (path.endsWith('.$')) return this.position(path, wanted);
    if (path.includes('.$.')) throw new CommandError(31394, 'it is illegal to specify positional operator in the middle of a path');
    this.turn(wanted ? 'include' : 'exclude', path);
    enter(this.shape, path, splitPath(path), 'leaf');
  }

  private position(path: string, wanted: boolean): void {
    if (!this.isFind || !wanted) throw new CommandError(this.isFind ? 31395 : 31324, `positional projection cannot be used here: ${path}`);
    if (this.positional !== undefined) throw new CommandError(31276, 'Cannot specify more than one positional projection per query.');
    this.positional = path.slice(0, -2);
    this.turn('include', path);
    enter(this.shape, this.positional, splitPath(this.positional), 'leaf');
  }

  private findOperator(path: string, value: Doc): void {
    if (value.size > 1) throw new CommandError(31276, 'a projection operator stands alone');
    const slice = value.get('$slice');
    const element = value.get('$elemMatch');
    if (slice !== undefined && !isExpressionSlice(slice)) {
      this.slices.push({ parts: splitPath(path), cut: sliceOf(slice) });
      if (this.mode === 'include') enter(this.shape, path, splitPath(path), 'leaf');
      else this.slicedBefore.push(path);
      return;
    }
    this.turn('include', path);
    if (element !== undefined && path.includes('.'))
      throw new CommandError(31275, `Cannot use $elemMatch projection on a nested field: ${path}`);
    enter(
      this.shape,
      path,
      splitPath(path),
      element === undefined ? compileComputed(value, this.scope) : elementOf(path, element, this.scope),
    );
  }

  /** Slices seen before the projection turned out to be an inclusion. */
  private readonly slicedBefore: string[] = [];

  private turn(mode: 'include' | 'exclude', path: string): void {
    if (this.mode !== undefined && this.mode !== mode) {
      if (mode === 'exclude') throw new CommandError(31254, `Cannot do exclusion on field ${path} in inclusion projection`);
      throw new CommandError(31253, `Cannot do inclusion on field ${path} in exclusion projection`);
    }
    this.mode = mode;
    if (mode === 'include') for (const sliced of this.slicedBefore.splice(0)) enter(this.shape, sliced, splitPath(sliced), 'leaf');
  }

  projection(): Project {
    const { shape, id } = this;
    const mode = this.mode ?? (id === 'include' && this.slices.length === 0 ? 'include' : 'exclude');
    if (mode === 'exclude') {
      if (id === 'exclude') shape.leaves.add('_id');
      return (doc) => exclude(shape, doc);
    }
    const ownId = shape.computed.has('_id') || shape.children.has('_id');
    if (id !== 'exclude' && !ownId) shape.leaves.add('_id');
    return (doc, env) => computeInto(shape, include(shape, doc), doc, env);
  }
}

function compileComputed(value: Value, scope: Scope): Evaluate {
  const [first] = value instanceof Map ? value.keys() : [];
  if (first?.startsWith('$') && !operators.has(first) && !refusedOperators.has(first))
    throw new CommandError(31325, `Invalid projection :: caused by :: Unknown expression ${first}`);
  return compile(value, scope);
}

/** `$slice: ["$a", 1]` in find is the expression, `$slice: 1` and `$slice: [skip, limit]` belong to the projection. */
function isExpressionSlice(slice: Value): boolean {
  return Array.isArray(slice) && (slice.length < 2 || !isNumber(slice[0]));
}

function sliceOf(slice: Value): (values: readonly Value[]) => Value[] {
  const [skip, limit] = (Array.isArray(slice) ? slice : [slice]).map(toInteger);
  if (skip === undefined || (Array.isArray(slice) && (slice.length > 2 || limit === undefined)))
    throw new CommandError(28667, '$slice only supports numbers and [skip, limit] arrays');
  if (limit === undefined) return (values) => (skip < 0 ? values.slice(skip) : values.slice(0, skip));
  if (limit <= 0) throw new CommandError(28724, '$slice limit must be positive');
  return (values) => {
    const start = skip < 0 ? Math.max(values.length + skip, 0) : skip;
    return values.slice(start, start + limit);
  };
}

/** Applies `cut` to the array at a path, through documents and arrays of documents. */
function mapArray(doc: Doc, parts: readonly string[], cut: Slice['cut'], at = 0): Doc {
  const name = parts[at] ?? '';
  const value = doc.get(name);
  if (value === undefined) return doc;
  return new Map(doc).set(name, mapValue(value, parts, cut, at + 1));
}

function mapValue(value: Value, parts: readonly string[], cut: Slice['cut'], at: number): Value {
  if (at === parts.length) return Array.isArray(value) ? cut(value) : value;
  if (value instanceof Map) return mapArray(value, parts, cut, at);
  return Array.isArray(value) ? value.map((item) => (item instanceof Map ? mapArray(item, parts, cut, at) : item)) : value;
}

function elementOf(path: string, operand: Value, scope: Scope): Evaluate {
  if (!(operand instanceof Map)) throw new CommandError(31274, 'elemMatch: Invalid argument, object required');
  const test = elementTest(operand, (filter) => compileMatch(filter, scope));
  return (doc, env): Maybe => {
    const values = doc.get(path);
    const found = Array.isArray(values) ? values.find((value) => test(value, env)) : undefined;
    return found === undefined ? undefined : [found];
  };
}

/** Leaves of the array only the element that satisfied the filter. */
function positionalPart(path: string, filter: Doc): (doc: Doc, result: Doc) => Doc {
  if (filter.has('$text')) throw refuse('query operator $text');
  const position = compilePosition(filter);
  const parts = path.split('.');
  return (doc, result) => {
    const index = position(doc);
    const fail = (): never => {
      throw new CommandError(
        51246,
        "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
      );
    };
    if (index === undefined) return fail();
    return mapArray(result, parts, (values) => {
      const value = values[index];
      return value === undefined ? fail() : [value];
    });
  };
}
