import { filterBounds, implies, provesPresence, type Bound } from './bounds.ts';
import type { Collection, Index } from './catalog.ts';
import { badValue } from './errors.ts';
import { isIndex } from './paths.ts';
import type { Range } from './store.ts';
import { equalValues, indexKey, isNumber, toNumber, type Doc, type Value } from './values.ts';
import type { View } from './view.ts';

export interface IndexPlan {
  readonly kind: 'index';
  readonly index: Index;
  readonly ranges: readonly Range[];
  readonly backward: boolean;
  /** Whether documents come in the order of the sort. */
  readonly sorted: boolean;
  /** One document at most: that under the key with which the only range begins. */
  readonly single: boolean;
}

/** How documents are looked for. Whatever is found is still held against the filter. */
export type Plan = { readonly kind: 'scan' } | IndexPlan | { readonly kind: 'union'; readonly plans: readonly Plan[] };

interface Scored {
  readonly score: number;
  readonly plan: Plan;
}

const maxRanges = 2000;
const lastKey = new Uint8Array([0xff]);
const scores = { single: 1000, point: 10, points: 8, range: 5, sort: 4 };

/** Chooses the index with the longest prefix of equalities, then a range, then the order of the sort; `$or` may use one index per branch. */
export function planFor(view: View, coll: Collection, filter: Doc, sort?: Doc, hint?: Value): Plan {
  const bounds = filterBounds(filter);
  if (hint !== undefined) return hinted(view, coll, bounds, sort, hint);
  const found = coll.indexes.filter((index) => usable(view, index, filter, bounds)).map((index) => scored(index, bounds, sort));
  const best = found.reduce<Scored>((a, b) => (b.score > a.score ? b : a), { score: 0, plan: { kind: 'scan' } });
  return best.score > scores.sort ? best.plan : (branches(view, coll, filter) ?? best.plan);
}

function hinted(view: View, coll: Collection, bounds: readonly Bound[], sort: Doc | undefined, hint: Value): Plan {
  if (hint instanceof Map && hint.has('$natural')) return { kind: 'scan' };
  const index = coll.indexes.find(({ name, spec }) => (hint instanceof Map ? equalValues(spec.get('key'), hint) : name === hint));
  if (index === undefined || !view.sees(index)) throw badValue('hint provided does not correspond to an existing index');
  return scored(index, bounds, sort).plan;
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
  if (index.sparse && !index.fields.some(({ path }) => bounds.some((bound) => bound.path === path && provesPresence(bound)))) return false;
  return index.partial === undefined || implies(filter, bounds, index.partial.filter);
}

function scored(index: Index, bounds: readonly Bound[], sort: Doc | undefined): Scored {
  const { ranges, fixed, score } = narrow(index, bounds);
  const order = index.multikey || sort === undefined || sort.size === 0 ? undefined : orderGiven(index, sort, fixed);
  const single = index.unique && fixed === index.fields.length;
  return {
    score: score + (single ? scores.single : 0) + (order === undefined ? 0 : scores.sort),
    plan: { kind: 'index', index, ranges, backward: order === 'backward', sorted: order !== undefined, single },
  };
}

interface Narrowed {
  readonly ranges: readonly Range[];
  /** How many leading fields have one value each: they do not disturb the order of those behind them. */
  readonly fixed: number;
  readonly score: number;
}

/** Field by field of the index: single values as long as there are any, then at most one range. */
function narrow({ fields, multikey }: Index, bounds: readonly Bound[]): Narrowed {
  let prefixes: readonly Uint8Array[] = [new Uint8Array()];
  let range: Range | undefined;
  let [fixed, score] = [0, 0];
  for (const [i, { path, parts, direction }] of fields.entries()) {
    if (multikey && fields.slice(0, i).some((field) => field.parts[0] === parts[0])) break; // two elements of one array may satisfy two bounds: no key holds both
    const own = bounds.filter((bound) => bound.path === path);
    const points = pointsOf(own, direction);
    if (points === undefined || prefixes.length * points.length > maxRanges) {
      range = rangeOf(own, direction, multikey);
      score += range === undefined ? 0 : scores.range;
      break;
    }
    if (points.length === 1 && fixed === i) fixed++;
    score += points.length === 1 ? scores.point : scores.points;
    prefixes = prefixes.flatMap((prefix) => points.map((point) => Buffer.concat([prefix, point])));
  }
  const ranges = prefixes.map((prefix) => under(prefix, range)).sort((a, b) => Buffer.compare(a.lo, b.lo));
  return { ranges, fixed, score };
}

function under(prefix: Uint8Array, range: Range | undefined): Range {
  if (range === undefined) return { lo: prefix, hi: successor(prefix) };
  return { lo: Buffer.concat([prefix, range.lo]), hi: Buffer.concat([prefix, range.hi]) };
}

/** Keys of the values a field may have; undefined when it is not bound to single values. */
function pointsOf(bounds: readonly Bound[], direction: 1 | -1): Uint8Array[] | undefined {
  const lists = bounds.filter(({ side }) => side === 'in').map(({ values }) => values);
  const [shortest] = lists.sort((a, b) => a.length - b.length);
  const keys = shortest?.map((value) => Buffer.from(indexKey([value], [direction])));
  return keys && [...new Map(keys.map((key) => [key.toString('latin1'), key])).values()];
}

/** The part of a field's keys that its comparisons leave. On a multikey index only one counts: two may be met by two elements. */
function rangeOf(bounds: readonly Bound[], direction: 1 | -1, multikey: boolean): Range | undefined {
  const ranges = bounds.filter(({ side }) => side !== 'in').map((bound) => half(bound, direction));
  const [first] = ranges;
  if (first === undefined || multikey) return first;
  return ranges.reduce((a, b) => ({ lo: Buffer.compare(a.lo, b.lo) > 0 ? a.lo : b.lo, hi: Buffer.compare(a.hi, b.hi) < 0 ? a.hi : b.hi }));
}

/** A comparison as a range of keys within the value's type. Ends are included even if they are open: the filter is asked again anyway. */
function half({ side, values }: Bound, direction: 1 | -1): Range {
  const key = indexKey(values, [direction]);
  const type = key.subarray(0, 1);
  return (side === 'from') === (direction === 1) ? { lo: key, hi: successor(type) } : { lo: type, hi: successor(key) };
}

/** The first key after all that begin with these bytes. */
function successor(key: Uint8Array): Uint8Array {
  const end = key.findLastIndex((byte) => byte !== 0xff);
  return end < 0 ? lastKey : Uint8Array.from(key.subarray(0, end + 1)).with(end, (key[end] ?? 0) + 1);
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
