/**
 * What a form holds against what the server holds: `base` is what the person began from, `mine` what he typed, `current` what is stored now.
 * A field is compared as a whole: a table of constraints is one text that two people wrote.
 */
export interface Difference<T> {
  field: keyof T & string;
  mine: unknown;
  current: unknown;
  /** Both changed it to something else: one of the two has to give way. */
  contested: boolean;
}

/** The fields that somebody else changed since the form was opened, and where that meets what was typed here. */
export function differences<T extends object>(base: T, mine: T, current: T): Difference<T>[] {
  return fieldsOf(base)
    .filter((field) => !same(base[field], current[field]))
    .map((field) => ({
      field,
      mine: mine[field],
      current: current[field],
      contested: !same(mine[field], base[field]) && !same(mine[field], current[field]),
    }));
}

/** What was typed here upon what is stored now: fields that only others changed are theirs, what was typed stays. */
export function merged<T extends object>(base: T, mine: T, current: T): T {
  const kept = fieldsOf(base).filter((field) => !same(mine[field], base[field]));
  return { ...current, ...Object.fromEntries(kept.map((field) => [field, mine[field]])) };
}

/** Whether two values say the same. */
export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function fieldsOf<T extends object>(value: T): (keyof T & string)[] {
  return Object.keys(value) as (keyof T & string)[]; // drafts are plain records: their keys are their type's keys
}
