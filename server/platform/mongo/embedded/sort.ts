import { compareValues } from './compare.ts';
import { badValue, CommandError, refuse } from './errors.ts';
import { isNumber, toNumber } from './model.ts';
import type { Doc, Maybe } from './model.ts';
import { pathTuples } from './paths.ts';

interface SortPart {
  readonly path: string;
  readonly parts: readonly string[];
  readonly direction: 1 | -1;
}

/**
 * Compiles a sort. Arrays count by their smallest element ascending, by their largest descending; a missing field counts as null.
 *
 * @throws CommandError 15974 or 15975 for a direction that is not 1 or -1.
 */
export function compileSort(spec: Doc): (a: Doc, b: Doc) => number {
  const sort = partsOf(spec);
  return (a, b) => compareKeys(sortKey(a, sort), sortKey(b, sort), sort);
}

/** Sorts documents (stably); with a limit only the first ones are kept, in memory too. */
export function sortDocs(docs: Iterable<Doc>, spec: Doc, limit = Infinity): Doc[] {
  const sort = partsOf(spec);
  const compare = (a: Keyed, b: Keyed): number => compareKeys(a.key, b.key, sort) || a.place - b.place;
  let kept: Keyed[] = [];
  let place = 0;
  for (const doc of docs) {
    kept.push({ key: sortKey(doc, sort), doc, place: place++ });
    if (kept.length >= limit * 2 + 1000) kept = kept.sort(compare).slice(0, limit);
  }
  kept.sort(compare);
  return (kept.length > limit ? kept.slice(0, limit) : kept).map(({ doc }) => doc);
}

interface Keyed {
  readonly key: readonly Maybe[];
  readonly doc: Doc;
  readonly place: number;
}

function partsOf(spec: Doc): SortPart[] {
  return [...spec].map(([path, direction]) => {
    if (direction instanceof Map && direction.has('$meta')) throw refuse('sort by $meta');
    if (!isNumber(direction)) throw new CommandError(15974, `Illegal key in $sort specification: ${path}`);
    const sign = toNumber(direction);
    if (sign !== 1 && sign !== -1) throw new CommandError(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    return { path, parts: path.split('.'), direction: sign };
  });
}

function sortKey(doc: Doc, sort: readonly SortPart[]): Maybe[] {
  const key: Maybe[] = [];
  for (const { path, parts } of sort) {
    const value = parts.length === 1 ? doc.get(path) : plainPath(doc, parts);
    if (Array.isArray(value)) return smallestTuple(doc, sort);
    key.push(value ?? null);
  }
  return key;
}

/** The value of a dotted path, or the first array on its way. */
function plainPath(doc: Doc, parts: readonly string[]): Maybe {
  let value: Maybe = doc;
  for (const part of parts) {
    if (Array.isArray(value)) return value;
    value = value instanceof Map ? value.get(part) : undefined;
  }
  return value;
}

function smallestTuple(doc: Doc, sort: readonly SortPart[]): Maybe[] {
  const tuples = tuplesOf(doc, sort);
  return tuples.reduce((best, tuple) => (compareKeys(tuple, best, sort) < 0 ? tuple : best));
}

function tuplesOf(doc: Doc, sort: readonly SortPart[]): Maybe[][] {
  try {
    return pathTuples(
      doc,
      sort.map(({ parts }) => parts),
    );
  } catch (error) {
    if (error instanceof CommandError && error.code === 171) throw badValue('cannot sort with keys that are parallel arrays');
    throw error;
  }
}

function compareKeys(a: readonly Maybe[], b: readonly Maybe[], sort: readonly SortPart[]): number {
  for (let i = 0; i < sort.length; i++) {
    const difference = compareValues(a[i], b[i]);
    if (difference !== 0) return sort[i]?.direction === -1 ? -difference : difference;
  }
  return 0;
}
