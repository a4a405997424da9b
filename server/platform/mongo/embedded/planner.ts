import type { Collection, Index } from './catalog.ts';
import { badValue } from './errors.ts';
import { implies, provesPresence } from './implies.ts';
import type { Bound } from './implies.ts';
import { isIndex } from './paths.ts';
import { filterBounds } from './matcher.ts';
import type { Range } from './store.ts';
import { equalValues, indexKey, isNumber, toNumber } from './values.ts';
import type { Doc, Value } from './values.ts';
import type { View } from './view.ts';

/** How documents are looked for. Whatever is found is still held against the filter. */
export type Plan =
  | { readonly kind: 'scan' }
  | {
      readonly kind: 'index';
      readonly index: Index;
      readonly ranges: readonly Range[];
      readonly backward: boolean;
      readonly sorted: boolean;
      /** One document at most: that under the key with which the only range begins. */
      readonly single: boolean;
    }
  | { readonly kind: 'union'; readonly plans: readonly Plan[] };

interface Scored {
  readonly score: number;
  readonly plan: Plan;
}

const maxRanges = 2000;
const wholeIndex: Range = { lo: new Uint8Array(), hi: new Uint8Array([0xff]) };

/** Chooses the index with the longest prefix of equalities, then a range, then the order of the sort; `$or` may use one index per branch. */
export function planFor(view: View, coll: Collection, filter: Doc, sort?: Doc, hint?: Value): Plan {
  if (hint !== undefined) return hinted(view, coll, filter, sort, hint);
  const bounds = filterBounds(filter);
  const usableOnes = coll.indexes.filter((index) => usable(view, index, filter, bounds));
  const found = usableOnes.map((index) => scored(index, bounds, sort)).filter((one) => one !== undefined);
  const [first] = found;
  const best = first && found.reduce((a, b) => (b.score > a.score ? b : a));
  if (best !== undefined && best.score > sortScore) return best.plan;
  return branches(view, coll, filter) ?? best?.plan ?? { kind: 'scan' };
}

/** The first key after all that begin with these bytes. */
function successor(key: Uint8Array): Uint8Array {
  let end = key.length;
  while (end > 0 && key[end - 1] === 0xff) end--;
  if (end === 0) return wholeIndex.hi;
  const next = new Uint8Array(key.subarray(0, end)); // a copy: slice of a Buffer would share the bytes
  next[end - 1] = (next[end - 1] ?? 0) + 1;
  return next;
}

function hinted(view: View, coll: Collection, filter: Doc, sort: Doc | undefined, hint: Value): Plan {
  if (hint instanceof Map && hint.has('$natural')) return { kind: 'scan' };
  const index = coll.indexes.find((candidate) =>
    hint instanceof Map ? equalValues(candidate.spec.get('key'), hint) : candidate.name === hint,
  );
  if (index === undefined || !view.sees(index))
    throw badValue('error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index');
  const found = scored(index, filterBounds(filter), sort);
  return found?.plan ?? { kind: 'index', index, ranges: [wholeIndex], backward: false, sorted: false, single: false };
}

function branches(view: View, coll: Collection, filter: Doc): Plan | undefined {
  const choices = filter.get('$or');
  if (!Array.isArray(choices)) return undefined;
  const rest = new Map([...filter].filter(([name]) => name !== '$or'));
  const plans = choices.map((choice) => planFor(view, coll, new Map<string, Value>([['$and', [rest, choice]]])));
  return plans.every((plan) => plan.kind !== 'scan') ? { kind: 'union', plans } : undefined;
}

function usable(view: View, index: Index, filter: Doc, bounds: readonly Bound[]): boolean {
  if (!view.sees(index) || index.fields.some((field) => field.parts.some(isIndex))) return false;
  if (index.sparse && !index.fields.some((field) => bounds.some((bound) => bound.path === field.path && provesPresence(bound))))
    return false;
  return index.partial === undefined || implies(filter, bounds, index.partial.filter);
}

const sortScore = 4;

function scored(index: Index, bounds: readonly Bound[], sort: Doc | undefined): Scored | undefined {
  const { prefixes, fixed, last, score: narrowed } = narrow(index, bounds);
  const order = index.multikey || sort === undefined ? undefined : orderGiven(index, sort, fixed);
  const single = index.unique && fixed === index.fields.length;
  const score = narrowed + (single ? 1000 : 0) + (order === undefined ? 0 : sortScore);
  if (score === 0) return undefined;
  const ranges = prefixes.map((prefix) => under(prefix, last)).sort((a, b) => Buffer.compare(a.lo, b.lo));
  return { score, plan: { kind: 'index', index, ranges, backward: order === 'backward', sorted: order !== undefined, single } };
}

interface Narrowed {
  readonly prefixes: readonly Uint8Array[];
  /** How many leading fields have one value each: they do not disturb the order of those behind them. */
  readonly fixed: number;
  readonly last: Range | undefined;
  readonly score: number;
}

/** Field by field of the index: single values as long as there are any, then at most one range. */
function narrow(index: Index, bounds: readonly Bound[]): Narrowed {
  let prefixes: Uint8Array[] = [new Uint8Array()];
  let score = 0;
  let fixed = 0;
  const opened = new Set<string | undefined>();
  for (const [i, { path, parts, direction }] of index.fields.entries()) {
    if (index.multikey && opened.has(parts[0])) break; // two elements of one array may satisfy two bounds: no key holds both
    opened.add(parts[0]);
    const own = bounds.filter((bound) => bound.path === path);
    const points = pointsOf(own, direction);
    if (points === undefined || prefixes.length * points.length > maxRanges) {
      const last = rangeOf(own, direction, index.multikey);
      return { prefixes, fixed, last, score: score + (last === undefined ? 0 : 5) };
    }
    if (points.length === 1 && fixed === i) fixed++;
    score += points.length === 1 ? 10 : 8;
    prefixes = prefixes.flatMap((prefix) => points.map((point) => Buffer.concat([prefix, point])));
  }
  return { prefixes, fixed, last: undefined, score };
}

function under(prefix: Uint8Array, range: Range | undefined): Range {
  if (range !== undefined) return { lo: Buffer.concat([prefix, range.lo]), hi: Buffer.concat([prefix, range.hi]) };
  return prefix.length === 0 ? wholeIndex : { lo: prefix, hi: successor(prefix) };
}

/** Keys of the values a field may have, in order; undefined when it is not bound to single values. */
function pointsOf(bounds: readonly Bound[], direction: 1 | -1): Uint8Array[] | undefined {
  const values = bounds.find((bound) => bound.eq !== undefined)?.eq;
  const list = values !== undefined ? [values] : bounds.find((bound) => bound.in !== undefined)?.in;
  if (list === undefined || list.some((value) => value === null || Array.isArray(value))) return undefined; // null also means missing; an array is indexed by its elements
  const keys = list.map((value) => Buffer.from(indexKey([value], [direction]))).sort((a, b) => Buffer.compare(a, b));
  return keys.filter((key, i) => i === 0 || Buffer.compare(key, keys[i - 1] ?? key) !== 0);
}

/** The part of a field's keys that its bounds leave. On a multikey index only one bound counts: two may be met by two elements. */
function rangeOf(bounds: readonly Bound[], direction: 1 | -1, multikey: boolean): Range | undefined {
  const ranges = bounds.flatMap((bound) => [
    half(bound.eq, direction, 'equal'),
    half(bound.gt ?? bound.gte, direction, 'from'),
    half(bound.lt ?? bound.lte, direction, 'to'),
  ]);
  const known = ranges.filter((range) => range !== undefined);
  const [first] = known;
  if (first === undefined || multikey) return first;
  return known.reduce((a, b) => ({ lo: Buffer.compare(a.lo, b.lo) > 0 ? a.lo : b.lo, hi: Buffer.compare(a.hi, b.hi) < 0 ? a.hi : b.hi }));
}

/** A comparison as a range of keys within the value's type. Ends are included even for gt and lt: the filter is asked again anyway. */
function half(value: Value | undefined, direction: 1 | -1, side: 'equal' | 'from' | 'to'): Range | undefined {
  if (value === undefined || Array.isArray(value)) return undefined;
  if (value === null) {
    const [missing, empty] = [indexKey([undefined], [direction]), indexKey([null], [direction])];
    return direction === 1 ? { lo: missing, hi: successor(empty) } : { lo: empty, hi: successor(missing) };
  }
  const key = indexKey([value], [direction]);
  const type = key.subarray(0, 1);
  const includesBelow = side === 'equal' ? false : (side === 'to') === (direction === 1);
  const includesAbove = side === 'equal' ? false : !includesBelow;
  return { lo: includesBelow ? type : key, hi: includesAbove ? successor(type) : successor(key) };
}

function orderGiven(index: Index, sort: Doc, fixed: number): 'forward' | 'backward' | undefined {
  const single = new Set(index.fields.slice(0, fixed).map((field) => field.path));
  let at = fixed;
  let turned: boolean | undefined;
  for (const [path, value] of sort) {
    if (single.has(path)) continue;
    const field = index.fields[at++];
    if (field?.path !== path || !isNumber(value)) return undefined;
    const opposite = Math.sign(toNumber(value)) !== field.direction;
    if (turned !== undefined && turned !== opposite) return undefined;
    turned = opposite;
  }
  return turned === true ? 'backward' : 'forward';
}
