import type { filterBounds } from './matcher.ts';
import { compareValues, equalValues, isNumber, typeName } from './values.ts';
import type { Doc, Value } from './values.ts';

/** A condition that every matching document meets. */
export type Bound = ReturnType<typeof filterBounds>[number];

/** Whether only documents that have the field can satisfy the bound. */
export function provesPresence(bound: Bound): boolean {
  if (bound.in !== undefined) return bound.in.every((value) => value !== null);
  return [bound.eq, bound.gt, bound.gte, bound.lt, bound.lte].some((value) => value !== undefined && value !== null);
}

/** Whether every document that satisfies the filter satisfies the partial filter too, as far as simple conditions show it. */
export function implies(filter: Doc, bounds: readonly Bound[], partial: Doc): boolean {
  for (const [path, condition] of partial) {
    if (path === '$and' && Array.isArray(condition)) {
      if (!condition.every((part) => part instanceof Map && implies(filter, bounds, part))) return false;
      continue;
    }
    const stated = filter.get(path);
    if (stated !== undefined && equalValues(stated, condition)) continue;
    const own = bounds.filter((bound) => bound.path === path);
    const operators =
      condition instanceof Map && [...condition.keys()].some((name) => name.startsWith('$'))
        ? condition
        : new Map<string, Value>([['$eq', condition]]);
    if (![...operators].every(([operator, value]) => own.some((bound) => proves(bound, operator, value)))) return false;
  }
  return true;
}

function proves(bound: Bound, operator: string, value: Value): boolean {
  const values = bound.eq === undefined ? bound.in : [bound.eq];
  switch (operator) {
    case '$exists':
      return value === true && provesPresence(bound);
    case '$type':
      return hasType(bound, value);
    case '$eq':
      return values?.every((one) => equalValues(one, value)) === true;
    case '$gt':
    case '$gte':
      return all(ends(values, bound.gt, bound.gte), (end) => above(end.value, value, operator === '$gt' && !end.open));
    case '$lt':
    case '$lte':
      return all(ends(values, bound.lt, bound.lte), (end) => above(value, end.value, operator === '$lt' && !end.open));
    default:
      return false;
  }
}

interface End {
  readonly value: Value;
  /** Whether the value itself is left out. */
  readonly open: boolean;
}

/** Where the values that satisfy a bound end on one side. */
function ends(values: readonly Value[] | undefined, open: Value | undefined, closed: Value | undefined): readonly End[] {
  if (values !== undefined) return values.map((value) => ({ value, open: false }));
  if (open !== undefined) return [{ value: open, open: true }];
  return closed === undefined ? [] : [{ value: closed, open: false }];
}

const all = (list: readonly End[], test: (end: End) => boolean): boolean => list.length > 0 && list.every(test);

/** Whether a is greater than b (or equal, unless strictly), within one type. */
function above(a: Value, b: Value, strictly: boolean): boolean {
  if (kind(a) !== kind(b)) return false;
  const order = compareValues(a, b);
  return strictly ? order > 0 : order >= 0;
}

function hasType(bound: Bound, type: Value): boolean {
  if (typeof type !== 'string') return false;
  const known = bound.in ?? [bound.eq, bound.gt, bound.gte, bound.lt, bound.lte].filter((value) => value !== undefined);
  const fits = (value: Value): boolean => typeName(value) === type || (type === 'number' && isNumber(value));
  // a range on numbers finds all kinds of numbers
  return (
    known.length > 0 &&
    known.every(fits) &&
    (bound.in !== undefined || bound.eq !== undefined || type === 'number' || !known.some(isNumber))
  );
}

const kind = (value: Value): string => (isNumber(value) ? 'number' : typeName(value));
