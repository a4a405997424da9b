import { compareValues, equalValues } from './compare.ts';
import { isOperatorDoc } from './matcher.ts';
import { BSONRegExp, isNumber, typeName, type Doc, type Maybe, type Value } from './model.ts';
import { regexPrefix } from './regex.ts';

/**
 * A condition that every matching document meets: on its path it has one of the values (`in`), or one of the same type `from` or `to` the only
 * value (`open`: without that itself). Null also means missing.
 */
export interface Bound {
  readonly path: string;
  readonly side: 'in' | 'from' | 'to';
  readonly values: readonly Value[];
  readonly open: boolean;
}

/**
 * Conditions a planner may look up in an index: those joined by AND at the top of the filter. Each entry stands alone: two entries on one path may be met by two
 * elements of an array, so that they may be joined to one range only where no document has an array on that path. Left out: comparison with arrays and with
 * regular expressions other than a plain prefix.
 */
export function filterBounds(filter: Doc): readonly Bound[] {
  return [...filter].flatMap(([name, value]) => {
    if (name === '$and' && Array.isArray(value)) return value.flatMap((part) => (part instanceof Map ? filterBounds(part) : []));
    return name.startsWith('$') ? [] : boundsOn(name, value);
  });
}

function boundsOn(path: string, value: Value): readonly Bound[] {
  if (value instanceof BSONRegExp) return prefixBounds(path, regexPrefix(value));
  if (!isOperatorDoc(value)) return bound(path, 'in', [value]);
  return [...value].flatMap(([operator, operand]) => {
    const list = Array.isArray(operand) ? operand : [];
    switch (operator) {
      case '$eq':
        return bound(path, 'in', [operand]);
      case '$in':
        return bound(path, 'in', list);
      case '$gt':
      case '$gte':
        return bound(path, 'from', [operand], operator === '$gt');
      case '$lt':
      case '$lte':
        return bound(path, 'to', [operand], operator === '$lt');
      case '$regex':
        return prefixBounds(path, regexPrefix(operand, value.get('$options')));
      case '$all':
        return list.flatMap((one) => (isOperatorDoc(one) ? [] : boundsOn(path, one)));
      case '$elemMatch':
        return elementBounds(path, operand);
      default:
        return [];
    }
  });
}

function bound(path: string, side: Bound['side'], values: readonly Value[], open = false): Bound[] {
  const unfit = (value: Value): boolean => Array.isArray(value) || value instanceof BSONRegExp || (value === null && side !== 'in');
  return values.some(unfit) ? [] : [{ path, side, values, open }];
}

function elementBounds(path: string, operand: Value): readonly Bound[] {
  if (isOperatorDoc(operand)) return boundsOn(path, operand);
  return operand instanceof Map ? filterBounds(operand).map((inner) => ({ ...inner, path: `${path}.${inner.path}` })) : [];
}

/** Up to the first text after all that begin with the prefix: its last character raised by one (open for a surrogate or the one before). */
function prefixBounds(path: string, prefix: string | undefined): Bound[] {
  if (prefix === undefined) return [];
  const last = prefix.charCodeAt(prefix.length - 1);
  const from = bound(path, 'from', [prefix]);
  return last >= 0xd7ff ? from : [...from, ...bound(path, 'to', [prefix.slice(0, -1) + String.fromCharCode(last + 1)], true)];
}

/** Whether only documents that have the field can satisfy the bound. */
export function provesPresence({ values }: Bound): boolean {
  return values.every((value) => value !== null);
}

/** Whether every document that satisfies the filter satisfies the partial filter too, as far as simple conditions show it. */
export function implies(filter: Doc, bounds: readonly Bound[], partial: Doc): boolean {
  return [...partial].every(([path, condition]) => {
    if (path === '$and' && Array.isArray(condition)) return condition.every((part) => part instanceof Map && implies(filter, bounds, part));
    if (filter.has(path) && equalValues(filter.get(path), condition)) return true;
    const own = bounds.filter((one) => one.path === path);
    const operators = isOperatorDoc(condition) ? [...condition] : [['$eq', condition] as const];
    return operators.every(([operator, value]) => own.some((one) => proves(one, operator, value)));
  });
}

function proves(own: Bound, operator: string, wanted: Value): boolean {
  const { side, values, open } = own;
  switch (operator) {
    case '$exists':
      return wanted === true && provesPresence(own);
    case '$type': // a range on numbers finds all kinds of numbers
      return values.every(
        (value) => (isNumber(value) && wanted === 'number') || (typeName(value) === wanted && (side === 'in' || !isNumber(value))),
      );
    case '$eq':
      return side === 'in' && values.every((value) => equalValues(value, wanted));
    case '$gt':
    case '$gte':
      return side !== 'to' && values.every((value) => isAbove(value, wanted, operator === '$gte' || open));
    case '$lt':
    case '$lte':
      return side !== 'from' && values.every((value) => isAbove(wanted, value, operator === '$lte' || open));
    default:
      return false;
  }
}

/** Whether a is greater than b (or equal, if so wanted), within one type. */
function isAbove(a: Maybe, b: Maybe, orEqual: boolean): boolean {
  if (isNumber(a) ? !isNumber(b) : typeName(a) !== typeName(b)) return false;
  const order = compareValues(a, b);
  return order > 0 || (orEqual && order === 0);
}
