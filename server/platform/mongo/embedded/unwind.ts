import { CommandError } from './errors.ts';
import { rawParts, splitPath } from './expression.ts';
import { Long, typeName } from './model.ts';
import type { Doc, Maybe, Value } from './model.ts';
import { getPath } from './paths.ts';
import type { Stage } from './stage.ts';

/** Compiles $unwind: one document per element of an array. */
export function compileUnwind(spec: Value): Stage {
  if (typeof spec !== 'string' && !(spec instanceof Map))
    throw new CommandError(15981, `expected either a string or an object as specification for $unwind stage, got ${typeName(spec)}`);
  const parts: Doc =
    typeof spec === 'string'
      ? new Map([['path', spec]])
      : rawParts(spec, '$unwind', ['path', '?includeArrayIndex', '?preserveNullAndEmptyArrays'], { unknown: 28811, missing: 28812 });
  const path = parts.get('path');
  if (typeof path !== 'string') throw new CommandError(28808, `expected a string as the path for $unwind stage, got ${typeName(path)}`);
  if (!path.startsWith('$')) throw new CommandError(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  const keep = parts.get('preserveNullAndEmptyArrays') ?? false;
  if (typeof keep !== 'boolean')
    throw new CommandError(28809, 'expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage');
  const [field, index] = [splitPath(path.slice(1)), indexField(parts.get('includeArrayIndex'))];
  return function* (source) {
    for (const doc of source) yield* unwound(doc, field, index, keep);
  };
}

function indexField(name: Maybe): string[] | undefined {
  if (name === undefined) return undefined;
  if (typeof name !== 'string' || name === '')
    throw new CommandError(28810, 'expected a non-empty string for the includeArrayIndex option to $unwind stage');
  if (name.startsWith('$'))
    throw new CommandError(28822, `includeArrayIndex option to $unwind stage should not be prefixed with a '$': ${name}`);
  return splitPath(name);
}

function* unwound(doc: Doc, field: readonly string[], index: readonly string[] | undefined, keep: boolean): Generator<Doc> {
  const value = getPath(doc, field.join('.'));
  const numbered = (row: Doc, i: number | null): Doc =>
    index === undefined ? row : setAt(row, index, i === null ? null : Long.fromNumber(i));
  if (Array.isArray(value) && value.length > 0) {
    for (const [i, item] of value.entries()) yield numbered(setAt(doc, field, item), i);
  } else if (Array.isArray(value)) {
    if (keep) yield numbered(setAt(doc, field, undefined), null);
  } else if (keep || (value !== null && value !== undefined)) yield numbered(doc, null);
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
