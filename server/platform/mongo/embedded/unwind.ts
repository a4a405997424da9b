import { CommandError } from './errors.ts';
import { partsOf, splitPath } from './expression.ts';
import { Long, typeName, type Doc, type Value } from './model.ts';
import { getPath } from './paths.ts';
import { setAt } from './shape.ts';

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
