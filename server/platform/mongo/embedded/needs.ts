import type { Doc, Value } from './values.ts';

/**
 * The top-level fields that a search followed by a $group looks at, so that of large documents only these are decoded; undefined when that is not plain.
 * Every string that begins with a dollar counts as a field, every name in the filter that does not as one too: too many do no harm.
 */
export function neededFields(filter: Doc, sort: Doc | undefined, group: Value | undefined): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const path of sort?.keys() ?? []) names.add(top(path));
  const plain = collectFilter(filter, names) && group !== undefined && collectExpression(group, names);
  return plain ? names : undefined;
}

const top = (path: string): string => path.split('.', 1)[0] ?? path;

function collectFilter(filter: Doc, names: Set<string>): boolean {
  for (const [name, value] of filter) {
    if (name === '$expr') {
      if (!collectExpression(value, names)) return false;
    } else if (name.startsWith('$')) {
      if (!Array.isArray(value) || !value.every((part) => part instanceof Map && collectFilter(part, names))) return false;
    } else names.add(top(name));
  }
  return true;
}

/** false when the expression looks at the whole document. */
function collectExpression(value: Value, names: Set<string>): boolean {
  if (typeof value === 'string') {
    if (value.startsWith('$$ROOT') || value.startsWith('$$CURRENT')) return false;
    if (value.startsWith('$') && !value.startsWith('$$')) names.add(top(value.slice(1)));
    return true;
  }
  if (Array.isArray(value)) return value.every((one) => collectExpression(one, names));
  if (value instanceof Map) return [...value].every(([name, one]) => name !== '$getField' && collectExpression(one, names));
  return true;
}
