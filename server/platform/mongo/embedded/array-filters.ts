import { badValue, failedToParse } from './errors.ts';
import { newScope } from './expression.ts';
import type { Env } from './expression.ts';
import { compileMatch } from './matcher.ts';
import type { Doc, Value } from './model.ts';

/** Which elements each `$[name]` means. */
export type ArrayFilters = ReadonlyMap<string, (element: Value, env: Env) => boolean>;

/**
 * Compiles the arrayFilters of an update.
 *
 * @throws CommandError 9 for a filter with two names or none, 2 for a name that may not be one
 */
export function compileArrayFilters(list: readonly Doc[]): ArrayFilters {
  const filters = new Map<string, (element: Value, env: Env) => boolean>();
  for (const filter of list) {
    const names = new Set(namesIn(filter));
    const [name] = names;
    if (name === undefined) throw failedToParse('Cannot use an expression without a top-level field name in arrayFilters');
    if (names.size > 1)
      throw failedToParse(
        `Error parsing array filter :: caused by :: Expected a single top-level field name, found '${[...names].join("' and '")}'`,
      );
    if (!/^[a-z][a-zA-Z0-9]*$/.test(name))
      throw badValue(
        `Error parsing array filter :: caused by :: The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${name}'`,
      );
    if (filters.has(name)) throw failedToParse(`Found multiple array filters with the same top-level field name ${name}`);
    const matches = compileMatch(filter, newScope());
    filters.set(name, (element, env) => matches(new Map([[name, element]]), env));
  }
  return filters;
}

function namesIn(filter: Doc): string[] {
  return [...filter].flatMap(([name, value]) => {
    if (!name.startsWith('$')) return [name.split('.')[0] ?? ''];
    return Array.isArray(value) ? value.flatMap((part) => (part instanceof Map ? namesIn(part) : [])) : [];
  });
}
