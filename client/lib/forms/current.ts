/** The record as it is now, in the details of a 409; the caller parses it. */
export function currentIn(details: unknown): unknown {
  return typeof details === 'object' && details !== null && 'current' in details ? details.current : undefined;
}

/**
 * What a form shows after somebody else changed its record: fields that this person did not touch follow the other's change, so that keeping
 * one's own words overwrites nothing else.
 */
export function mergedWith<T extends object>(typed: T, base: T, newer: T): T {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const touched = (Object.keys(newer) as (keyof T)[]).filter((field) => !same(typed[field], base[field])); // the keys of the form's own fields
  return { ...newer, ...Object.fromEntries(touched.map((field) => [field, typed[field]])) };
}
