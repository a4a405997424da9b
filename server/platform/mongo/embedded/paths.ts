import { CommandError } from './errors.ts';
import type { Doc, Maybe, Value } from './model.ts';

/** The value at a dotted path, through documents only (no array is opened); undefined when there is none. */
export function getPath(doc: Doc, path: string): Maybe {
  if (!path.includes('.')) return doc.get(path);
  let value: Maybe = doc;
  for (const part of path.split('.')) value = value instanceof Map ? value.get(part) : undefined;
  return value;
}

/** Whether a part of a path may be the index of an array. */
export function isIndex(part: string): boolean {
  return /^(?:0|[1-9]\d{0,8})$/.test(part);
}

/**
 * The keys a document has in an index, also its sort keys: one tuple, or one per element when a path meets an array. Null stands where a path leads nowhere,
 * undefined for an empty array (which MongoDB indexes below null).
 *
 * @throws CommandError 171 when two paths meet different arrays.
 */
export function pathTuples(doc: Doc, paths: ReadonlyArray<readonly string[]>): Maybe[][] {
  return expand(paths.map((rest) => ({ value: doc, rest })));
}

/** A path on its way: the value it has come to, and what is left of it; undefined when it has arrived. */
interface Walk {
  readonly value: Maybe;
  readonly rest: readonly string[] | undefined;
}

function expand(walks: readonly Walk[]): Maybe[][] {
  const stops = walks.map(follow);
  const arrays = new Set(stops.filter(({ rest }) => rest !== undefined).map(({ value }) => value));
  if (arrays.size > 1) throw new CommandError(171, 'cannot index parallel arrays');
  const [array] = arrays;
  if (!Array.isArray(array)) return [stops.map(({ value }) => value)];
  const elements: readonly Maybe[] = array.length === 0 ? [undefined] : array;
  return elements.flatMap((element) => expand(stops.map((stop) => enter(stop, element))));
}

/** Follows a path to its end or to the first array. */
function follow({ value, rest }: Walk): Walk {
  if (rest === undefined) return { value, rest };
  const [part, ...others] = rest;
  if (part === undefined) return Array.isArray(value) ? { value, rest } : { value: value ?? null, rest: undefined };
  if (value instanceof Map) return follow({ value: value.get(part), rest: others });
  if (!Array.isArray(value)) return { value: null, rest: undefined };
  return isIndex(part) ? follow({ value: value[Number(part)], rest: others }) : { value, rest };
}

/** Goes on in an element of the array at which a path has stopped. */
function enter({ value, rest }: Walk, element: Maybe): Walk {
  if (rest === undefined) return { value, rest };
  if (rest.length === 0) return { value: element, rest: undefined };
  return element instanceof Map ? { value: element, rest } : { value: null, rest: undefined };
}

/** Is given a value, "missing" as undefined, and which element of the outermost array it came from (-1: of none). Returns true to stop. */
type Visit = (value: Maybe, element: number) => boolean;

/**
 * Every value a filter on this path looks at, the way MongoDB's matcher walks: arrays on the way are opened (documents in them only), a number is also an
 * index, an array at the end gives its elements (with `openLeaf`) and then itself. Says whether `visit` stopped it.
 */
export function visitPath(value: Maybe, parts: readonly string[], at: number, openLeaf: boolean, visit: Visit): boolean {
  let current = value;
  let next = at;
  while (next < parts.length && current instanceof Map) current = current.get(parts[next++] ?? '');
  if (!Array.isArray(current)) return visit(next === parts.length ? current : undefined, -1);
  if (next < parts.length) return visitElements(current, parts, next, openLeaf, visit);
  if (openLeaf) for (let i = 0; i < current.length; i++) if (visit(current[i], i)) return true;
  return visit(current, -1);
}

function visitElements(list: readonly Value[], parts: readonly string[], at: number, openLeaf: boolean, visit: Visit): boolean {
  const part = parts[at] ?? '';
  const chosen = isIndex(part) ? Number(part) : -1;
  for (const [i, element] of list.entries()) {
    const inElement: Visit = (inner) => visit(inner, i); // the outermost array says which element `$` means
    if (element instanceof Map && visitPath(element, parts, at, openLeaf, inElement)) return true;
    if (i === chosen && visitChosen(element, parts, at + 1, openLeaf, visit)) return true;
  }
  return false;
}

function visitChosen(element: Value, parts: readonly string[], at: number, openLeaf: boolean, visit: Visit): boolean {
  if (at === parts.length) return visit(element, -1); // an array named by its index is taken whole
  return (element instanceof Map || Array.isArray(element)) && visitPath(element, parts, at, openLeaf, visit);
}
