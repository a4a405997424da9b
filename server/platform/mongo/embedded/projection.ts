import { CommandError } from './errors.ts';
import { newEnv, newScope, operators, refusedOperators, splitPath, type Env, type Evaluate, type Scope } from './expression.ts';
import { compile } from './expressions.ts';
import { compilePosition, elementTest } from './matcher.ts';
import { isNumber, toInteger, truthy, type Doc, type Value } from './model.ts';
import { computeInto, enter, exclude, include, newShape } from './shape.ts';

type Project = (doc: Doc, env: Env) => Doc;
type Cut = (values: readonly Value[]) => Value[];

/** One field of a projection. */
interface Field {
  readonly path: string;
  /** A slice takes its field only among others that are taken. */
  readonly kind: 'include' | 'exclude' | 'slice';
  readonly leaf: Evaluate | 'leaf';
  /** What stays of the array there, in the projected form of a document. */
  readonly cut?: (doc: Doc) => Cut;
}

/**
 * Compiles the projection of find and findAndModify: inclusion, exclusion, computed fields, $slice, $elemMatch, and the positional `$`,
 * which needs the filter of the command.
 *
 * @throws CommandError 31253 and 31254 for a mixture of inclusion and exclusion, 51246 when `$` finds no element.
 */
export function compileProjection(projection: Doc, filter: Doc): (doc: Doc) => Doc {
  if (projection.size === 0) return (doc) => doc;
  const fields = [...projection].flatMap(([path, value]) => readField(path, value, newScope(), filter));
  if (fields.filter(({ kind, cut }) => kind === 'include' && cut !== undefined).length > 1)
    throw new CommandError(31276, 'Cannot specify more than one positional projection per query.');
  const project = projectOf(fields);
  const cuts = fields.flatMap(({ path, cut }) => (cut === undefined ? [] : [{ parts: splitPath(path), cut }]));
  const env = newEnv(new Date());
  return (doc) => cuts.reduce((result, { parts, cut }) => mapArray(result, parts, cut(doc)), project(doc, env));
}

/** Compiles the specification of the stage $project. */
export function compileProjectStage(spec: Value, scope: Scope): Project {
  if (!(spec instanceof Map)) throw new CommandError(15969, '$project specification must be an object');
  if (spec.size === 0) throw new CommandError(51272, '$project specification must have at least one field');
  return projectOf([...spec].flatMap(([path, value]) => readField(path, value, scope)));
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
    if (typeof path !== 'string') throw new CommandError(Array.isArray(spec) ? 31120 : 31002, '$unset takes strings only');
    enter(shape, path, splitPath(path), 'leaf');
  }
  return (doc) => exclude(shape, doc);
}

/** A document without operators: its fields are parts of the path. */
function isNested(value: Value): value is Doc {
  return value instanceof Map && ![...value.keys()].some((name) => name.startsWith('$'));
}

/** Reads one entry of a projection; `filter` is given by find, which has operators of its own. */
function readField(path: string, value: Value, scope: Scope, filter?: Doc): Field[] {
  if (typeof value === 'boolean' || isNumber(value)) return [flag(path, truthy(value), filter)];
  if (isNested(value)) {
    if (value.size === 0) throw new CommandError(51270, 'an empty sub-projection is not a valid value');
    return [...value].flatMap(([name, inner]) => readField(`${path}.${name}`, inner, scope, filter));
  }
  const own = filter !== undefined && value instanceof Map ? findOperator(path, value, scope) : undefined;
  return [own ?? { path, kind: 'include', leaf: compileComputed(value, scope) }];
}

/** `$slice: ["$a", 1]` is the expression, `$slice: 1` and `$slice: [skip, limit]` belong to the projection of find. */
function findOperator(path: string, value: Doc, scope: Scope): Field | undefined {
  const slice = value.get('$slice');
  const element = value.get('$elemMatch');
  if (value.size > 1 && (slice ?? element) !== undefined) throw new CommandError(31276, 'a projection operator stands alone');
  if (element !== undefined) return { path, kind: 'include', leaf: elementOf(path, element, scope) };
  if (slice === undefined || (Array.isArray(slice) && (slice.length < 2 || !isNumber(slice[0])))) return undefined;
  const cut = sliceOf(slice);
  return { path, kind: 'slice', leaf: 'leaf', cut: () => cut };
}

/** `a: 1`, `a: 0`, and in find `a.$: 1`. */
function flag(path: string, wanted: boolean, filter: Doc | undefined): Field {
  const kind = wanted ? 'include' : 'exclude';
  if (path.includes('.$.')) throw new CommandError(31394, 'it is illegal to specify positional operator in the middle of a path');
  if (!path.endsWith('.$')) return { path, kind, leaf: 'leaf' };
  if (filter === undefined || !wanted)
    throw new CommandError(filter === undefined ? 31324 : 31395, `positional projection cannot be used here: ${path}`);
  return { path: path.slice(0, -2), kind, leaf: 'leaf', cut: positional(filter) };
}

function projectOf(fields: readonly Field[]): Project {
  const isId = ({ path, kind, leaf }: Field): boolean => path === '_id' && kind !== 'slice' && leaf === 'leaf';
  const others = fields.filter((field) => !isId(field));
  const id = fields.find(isId)?.kind;
  const mode = others.length === 0 ? id : (modeOf(others) ?? 'exclude');
  const shape = newShape();
  const taken = mode === 'include' ? others : others.filter(({ kind }) => kind === mode);
  for (const { path, leaf } of taken) enter(shape, path, splitPath(path), leaf);
  const ownId = shape.computed.has('_id') || shape.children.has('_id');
  if ((id ?? 'include') === mode && !ownId) shape.leaves.add('_id');
  if (mode === 'exclude') return (doc) => exclude(shape, doc);
  return (doc, env) => computeInto(shape, include(shape, doc), doc, env);
}

function modeOf(fields: readonly Field[]): Field['kind'] | undefined {
  const [first, ...others] = fields.filter(({ kind }) => kind !== 'slice');
  const contrary = others.find(({ kind }) => kind !== first?.kind);
  if (contrary === undefined) return first?.kind;
  throw new CommandError(contrary.kind === 'exclude' ? 31254 : 31253, `inclusion and exclusion cannot be mixed: ${contrary.path}`);
}

function compileComputed(value: Value, scope: Scope): Evaluate {
  const [first] = value instanceof Map ? value.keys() : [];
  if (first?.startsWith('$') && !operators.has(first) && !refusedOperators.has(first))
    throw new CommandError(31325, `Invalid projection :: caused by :: Unknown expression ${first}`);
  return compile(value, scope);
}

function sliceOf(slice: Value): Cut {
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
function mapArray(doc: Doc, parts: readonly string[], cut: Cut, at = 0): Doc {
  const name = parts[at] ?? '';
  const value = doc.get(name);
  if (value === undefined) return doc;
  return new Map(doc).set(name, mapValue(value, parts, cut, at + 1));
}

function mapValue(value: Value, parts: readonly string[], cut: Cut, at: number): Value {
  if (at === parts.length) return Array.isArray(value) ? cut(value) : value;
  if (value instanceof Map) return mapArray(value, parts, cut, at);
  return Array.isArray(value) ? value.map((item) => (item instanceof Map ? mapArray(item, parts, cut, at) : item)) : value;
}

function elementOf(path: string, operand: Value, scope: Scope): Evaluate {
  if (path.includes('.')) throw new CommandError(31275, `Cannot use $elemMatch projection on a nested field: ${path}`);
  if (!(operand instanceof Map)) throw new CommandError(31274, 'elemMatch: Invalid argument, object required');
  const test = elementTest(operand, scope);
  return (doc, env) => {
    const values = doc.get(path);
    const found = Array.isArray(values) ? values.find((value) => test(value, env)) : undefined;
    return found === undefined ? undefined : [found];
  };
}

/** Leaves of an array only the element that satisfied the filter. */
function positional(filter: Doc): (doc: Doc) => Cut {
  const position = compilePosition(filter);
  const none = (): CommandError => new CommandError(51246, "positional operator '.$' couldn't find a matching element in the array");
  return (doc) => {
    const index = position(doc);
    if (index === undefined) throw none();
    return (values) => {
      const value = values[index];
      if (value === undefined) throw none();
      return [value];
    };
  };
}
