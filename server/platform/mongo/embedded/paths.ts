import { CommandError } from './errors.ts';
import type { Doc, Maybe, Value } from './model.ts';

/** The value at a dotted path, through documents only (no array is opened); undefined when there is none. */
export function getPath(doc: Doc, path: string): Maybe {
  if (!path.includes('.')) return doc.get(path);
  let value: Maybe = doc;
  for (const part of path.split('.')) {
    if (!(value instanceof Map)) return undefined;
    value = value.get(part);
  }
  return value;
}

/**
 * The keys a document has in an index on one path: each element of an array, null where the path leads nowhere, undefined for an empty array
 * (which MongoDB indexes below null). May repeat itself.
 */
export function pathValues(doc: Doc, path: string): Maybe[] {
  const value = path.includes('.') ? doc : doc.get(path);
  if (value !== doc && !Array.isArray(value)) return [value ?? null];
  return pathTuples(doc, [path.split('.')]).map(([first]) => first);
}

/**
 * The keys a document has in a compound index (one tuple per element when a path meets an array), also its sort keys.
 *
 * @throws CommandError 171 when two paths meet different arrays.
 */
export function pathTuples(doc: Doc, paths: ReadonlyArray<readonly string[]>): Maybe[][] {
  return expand(paths.map((parts) => ({ parts, at: 0, base: doc, done: false })));
}

/** A path on its way: what `base` is once the parts before `at` were followed. */
interface Walk {
  readonly parts: readonly string[];
  readonly at: number;
  readonly base: Maybe;
  readonly done: boolean;
}

function expand(walks: readonly Walk[]): Maybe[][] {
  const stops = walks.map((walk) => (walk.done ? walk : follow(walk)));
  const arrays = new Set(stops.filter((stop) => !stop.done).map((stop) => stop.base));
  if (arrays.size > 1) throw new CommandError(171, 'cannot index parallel arrays');
  const [array] = arrays;
  if (!Array.isArray(array)) return [stops.map((stop) => stop.base)];
  const elements: readonly Maybe[] = array.length === 0 ? [undefined] : array;
  return elements.flatMap((element) => expand(stops.map((stop) => (stop.done ? stop : enter(stop, element)))));
}

/** Follows a path to its end or to the first array. */
function follow(walk: Walk): Walk {
  const { parts } = walk;
  let { at, base } = walk;
  while (at < parts.length) {
    const part = parts[at] ?? '';
    if (base instanceof Map) base = base.get(part);
    else if (Array.isArray(base) && isIndex(part)) base = base[Number(part)];
    else break;
    at++;
  }
  if (Array.isArray(base)) return { parts, at, base, done: false };
  return { parts, at, base: at === parts.length ? (base ?? null) : null, done: true };
}

function enter(stop: Walk, element: Maybe): Walk {
  if (stop.at === stop.parts.length) return { ...stop, base: element, done: true };
  return element instanceof Map ? { ...stop, base: element } : { ...stop, base: null, done: true };
}

/** Whether a part of a path may be the index of an array. */
export function isIndex(part: string): boolean {
  return /^(?:0|[1-9]\d{0,8})$/.test(part);
}

/**
 * Every value a filter on this path looks at, the way MongoDB's matcher walks: arrays on the way are opened (documents in them only), a number is also an
 * index, an array at the end gives its elements and then itself. `visit` returns true to stop; undefined stands for "missing".
 */
export function visitPath(
  value: Maybe,
  parts: readonly string[],
  at: number,
  openLeaf: boolean,
  visit: (value: Maybe, element: number) => boolean,
): boolean {
  let current = value;
  let index = at;
  while (index < parts.length && current instanceof Map) current = current.get(parts[index++] ?? '');
  if (!Array.isArray(current)) return visit(index === parts.length ? current : undefined, -1);
  if (index < parts.length) return visitElements(current, parts, index, openLeaf, visit);
  if (openLeaf) for (let i = 0; i < current.length; i++) if (visit(current[i], i)) return true;
  return visit(current, -1);
}

function visitElements(
  list: readonly Value[],
  parts: readonly string[],
  at: number,
  openLeaf: boolean,
  visit: (value: Maybe, element: number) => boolean,
): boolean {
  const part = parts[at] ?? '';
  const chosen = isIndex(part) ? Number(part) : -1;
  for (const [i, element] of list.entries()) {
    const seen = (inner: Maybe): boolean => visit(inner, i); // the outermost array says which element `$` means
    if (element instanceof Map && visitPath(element, parts, at, openLeaf, seen)) return true;
    if (i === chosen && visitChosen(element, parts, at + 1, openLeaf, visit)) return true;
  }
  return false;
}

function visitChosen(
  element: Value,
  parts: readonly string[],
  at: number,
  openLeaf: boolean,
  visit: (value: Maybe, element: number) => boolean,
): boolean {
  if (at === parts.length) return visit(element, -1); // an array named by its index is taken whole
  if (Array.isArray(element)) return visitElements(element, parts, at, openLeaf, visit);
  return element instanceof Map && visitPath(element, parts, at, openLeaf, visit);
}
