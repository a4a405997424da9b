import { isOperatorDoc } from './conditions.ts';
import { CommandError } from './errors.ts';
import { BSONRegExp } from './model.ts';
import type { Doc, Value } from './model.ts';

/**
 * The fields an upsert takes over from its filter: those the filter sets equal to one value.
 *
 * @throws CommandError 54 when it names one path twice.
 */
export function insertBase(filter: Doc): Doc {
  const base: Doc = new Map();
  const id = equalities(filter).find(([path]) => path === '_id');
  if (id !== undefined) base.set('_id', id[1]);
  const seen = new Set<string>();
  for (const [path, value] of equalities(filter)) {
    if (seen.has(path)) throw new CommandError(54, `cannot infer query fields to set, path '${path}' is matched twice`);
    for (const other of seen)
      if (other.startsWith(`${path}.`) || path.startsWith(`${other}.`))
        throw new CommandError(54, `cannot infer query fields to set, both paths '${other}' and '${path}' are matched`);
    seen.add(path);
    setPath(base, path.split('.'), value);
  }
  return base;
}

function equalities(filter: Doc): [string, Value][] {
  return [...filter].flatMap(([name, value]) => {
    if (name === '$and' || (name === '$or' && Array.isArray(value) && value.length === 1))
      return Array.isArray(value) ? value.flatMap((part) => (part instanceof Map ? equalities(part) : [])) : [];
    return name.startsWith('$') ? [] : equalityOn(name, value);
  });
}

function equalityOn(path: string, value: Value): [string, Value][] {
  if (value instanceof BSONRegExp) return [];
  if (!isOperatorDoc(value)) return [[path, value]];
  const equal = value.get('$eq');
  if (equal !== undefined) return [[path, equal]];
  const list = value.get('$in') ?? value.get('$all');
  const [only] = Array.isArray(list) ? list : [];
  return Array.isArray(list) && list.length === 1 && only !== undefined && !isOperatorDoc(only) && !(only instanceof BSONRegExp)
    ? [[path, only]]
    : [];
}

function setPath(doc: Doc, parts: readonly string[], value: Value): void {
  const [first = '', ...rest] = parts;
  if (rest.length === 0) {
    doc.set(first, value);
    return;
  }
  const inner = doc.get(first);
  const child: Doc = inner instanceof Map ? inner : new Map<string, Value>();
  doc.set(first, child);
  setPath(child, rest, value);
}
