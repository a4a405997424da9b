import { CommandError } from './errors.ts';
import type { Env, Evaluate } from './expression.ts';
import type { Doc, Maybe, Value } from './model.ts';

/** What a projection or $addFields does with the fields of one document (level by level). */
export interface Shape {
  /** Fields taken (inclusion) or left out (exclusion). */
  readonly leaves: Set<string>;
  readonly children: Map<string, Shape>;
  /** Computed fields and children that hold some, in the order they were written. */
  readonly computed: Map<string, Evaluate | Shape>;
}

export function newShape(): Shape {
  return { leaves: new Set(), children: new Map(), computed: new Map() };
}

/**
 * Enters one path: a taken or dropped field, or a computed one.
 *
 * @throws CommandError 31249 or 31250 when a path and its parent are both given.
 */
export function enter(shape: Shape, path: string, [part = '', ...rest]: readonly string[], leaf: Evaluate | 'leaf'): void {
  const child = shape.children.get(part);
  if (shape.leaves.has(part) || shape.computed.get(part) instanceof Function || (child !== undefined && rest.length === 0))
    throw new CommandError(rest.length === 0 ? 31250 : 31249, `Path collision at ${path}`);
  if (rest.length > 0) {
    const inner = child ?? newShape();
    shape.children.set(part, inner);
    if (leaf !== 'leaf') shape.computed.set(part, inner);
    enter(inner, path, rest, leaf);
  } else if (leaf === 'leaf') shape.leaves.add(part);
  else shape.computed.set(part, leaf);
}

/** Keeps the fields of the shape, in the order of the document. Scalars where a document was expected fall away. */
export const include = (shape: Shape, doc: Doc): Doc => pruned(shape, doc, true);

/** Drops the fields of the shape. */
export const exclude = (shape: Shape, doc: Doc): Doc => pruned(shape, doc, false);

function pruned(shape: Shape, doc: Doc, keeps: boolean): Doc {
  const result: Doc = new Map();
  for (const [name, value] of doc) {
    const child = shape.children.get(name);
    const isNamed = shape.leaves.has(name) || shape.computed.get(name) instanceof Function; // a computed field keeps the place of the old one
    const own = isNamed === keeps ? value : undefined;
    const kept = child === undefined ? own : prunedValue(child, value, keeps); // no field is named beside a part of it
    if (kept !== undefined) result.set(name, kept);
  }
  return result;
}

function prunedValue(shape: Shape, value: Value, keeps: boolean): Maybe {
  if (value instanceof Map) return pruned(shape, value, keeps);
  if (Array.isArray(value)) return value.map((item) => prunedValue(shape, item, keeps)).filter((item) => item !== undefined);
  return keeps ? undefined : value;
}

/** Sets the computed fields of the shape in `target` (a document of the caller's own), reading from `root`. */
export function computeInto(shape: Shape, target: Doc, root: Doc, env: Env): Doc {
  for (const [name, computed] of shape.computed) {
    const value = computed instanceof Function ? computed(root, env) : computeValue(computed, target.get(name), root, env);
    if (value === undefined) target.delete(name);
    else target.set(name, value);
  }
  return target;
}

function computeValue(shape: Shape, value: Maybe, root: Doc, env: Env): Value {
  if (Array.isArray(value)) return value.map((item) => computeValue(shape, item, root, env));
  return computeInto(shape, new Map(value instanceof Map ? value : []), root, env);
}

/** A copy of the document with the value at a path (undefined takes it away); what is no document on the way is replaced by one. */
export function setAt(doc: Doc, parts: readonly string[], value: Maybe): Doc {
  const [first = '', ...rest] = parts;
  const copy: Doc = new Map(doc);
  const inner = copy.get(first);
  const set = rest.length === 0 ? value : setAt(new Map(inner instanceof Map ? inner : []), rest, value);
  if (set === undefined) copy.delete(first);
  else copy.set(first, set);
  return copy;
}
