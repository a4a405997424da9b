import { compareValues } from './compare.ts';
import { badValue, CommandError, refuse } from './errors.ts';
import { isNumber, toNumber, type Doc, type Maybe } from './model.ts';
import { pathTuples } from './paths.ts';

interface SortPart {
  readonly parts: readonly string[];
  readonly direction: 1 | -1;
}

const maxBytes = 100 * 1024 * 1024;

/**
 * Compiles a sort. Arrays count by their smallest element ascending, by their largest descending; a missing field counts as null.
 *
 * @throws CommandError 15974 or 15975 for a direction that is not 1 or -1
 */
export function compileSort(spec: Doc = new Map()): readonly SortPart[] {
  return [...spec].map(([path, direction]) => {
    if (direction instanceof Map && direction.has('$meta')) throw refuse('sort by $meta');
    if (!isNumber(direction)) throw new CommandError(15974, `Illegal key in $sort specification: ${path}`);
    const sign = toNumber(direction);
    if (sign !== 1 && sign !== -1) throw new CommandError(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    return { parts: path.split('.'), direction: sign };
  });
}

export function sortDocs(docs: Iterable<Doc>, spec: Doc, limit = Infinity): Doc[] {
  return sortBy(docs, compileSort(spec), (doc) => doc, limit);
}

/** Sorts (stably) by the documents of the items; with a limit only the first are kept, in memory too. @throws CommandError 292 beyond 100 MB, as `bytesOf` counts them */
export function sortBy<T>(
  items: Iterable<T>,
  sort: readonly SortPart[],
  docOf: (item: T) => Doc,
  limit: number,
  bytesOf = (_: T) => 0,
): T[] {
  const compare = (a: { key: readonly Maybe[] }, b: { key: readonly Maybe[] }): number => compareKeys(a.key, b.key, sort);
  let kept: { item: T; key: readonly Maybe[] }[] = [];
  let bytes = 0;
  for (const item of items) {
    kept.push({ item, key: sortKey(docOf(item), sort) });
    bytes += bytesOf(item);
    if (kept.length >= limit * 2 + 1000) {
      kept = kept.sort(compare).slice(0, limit);
      bytes = kept.reduce((sum, one) => sum + bytesOf(one.item), 0);
    }
    if (bytes > maxBytes) throw new CommandError(292, 'Sort exceeded memory limit of 100 MB; an index in the order of the sort avoids it');
  }
  return kept
    .sort(compare)
    .slice(0, limit)
    .map(({ item }) => item);
}

/** The values a document is sorted by. The tuples of its arrays are only made where there are any. */
function sortKey(doc: Doc, sort: readonly SortPart[]): readonly Maybe[] {
  const key: Maybe[] = [];
  for (const { parts } of sort) {
    let value: Maybe = doc;
    for (const part of parts) {
      if (Array.isArray(value)) break;
      value = value instanceof Map ? value.get(part) : undefined;
    }
    if (Array.isArray(value)) return smallestTuple(doc, sort);
    key.push(value ?? null);
  }
  return key;
}

function smallestTuple(doc: Doc, sort: readonly SortPart[]): readonly Maybe[] {
  const paths = sort.map(({ parts }) => parts);
  try {
    return pathTuples(doc, paths).reduce((best, tuple) => (compareKeys(tuple, best, sort) < 0 ? tuple : best));
  } catch (error) {
    throw error instanceof CommandError && error.code === 171 ? badValue('cannot sort with keys that are parallel arrays') : error;
  }
}

function compareKeys(a: readonly Maybe[], b: readonly Maybe[], sort: readonly SortPart[]): number {
  for (let i = 0; i < sort.length; i++) {
    const difference = compareValues(a[i], b[i]);
    if (difference !== 0) return sort[i]?.direction === -1 ? -difference : difference;
  }
  return 0;
}
