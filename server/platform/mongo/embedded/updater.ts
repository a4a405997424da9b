import { equalValues } from './compare.ts';
import { badValue, CommandError, failedToParse, pathNotViable, refuse } from './errors.ts';
import { newEnv, newScope } from './expression.ts';
import { compileMatch, compilePosition, isOperatorDoc, type Test } from './matcher.ts';
import { BSONRegExp, entryOf, isDoc, typeName, type Doc, type Maybe, type Value } from './model.ts';
import { getPath, isIndex } from './paths.ts';
import { setAt } from './shape.ts';
import { refusedNames } from './supported.ts';
import { changes, type Change, type Run } from './update-operators.ts';

/** A compiled update. Both functions leave their arguments alone and return a new document. */
export interface Update {
  /** @throws CommandError when the update cannot be applied to this document (28, 2, 14, 66 …) */
  apply(doc: Doc, now: Date): Doc;
  /** The document an upsert inserts: the equalities of the filter, then the update with $setOnInsert. It may still lack an _id. */
  onInsert(now: Date): Doc;
  readonly isReplacement: boolean;
}

/** One step of all paths of an update: an operator that ends here, or what goes on below. */
interface Node {
  readonly path: string;
  readonly children: Map<string, Node>;
  /** Of `$[]` and `$[name]`: which elements are meant. */
  readonly chosen: Test | undefined;
  leaf?: Change;
}

/**
 * Compiles an update of operators or a replacement.
 *
 * @param filter of the command: the positional `$` means the element that satisfied it, and an upsert takes its equalities
 * @throws CommandError 9 for an unknown operator or a wrong form, 40 for two operators on one path, 238 for what the engine has not.
 */
export function compileUpdate(update: Doc, filter: Doc, arrayFilters?: readonly Doc[]): Update {
  const [first] = update.keys();
  if (first?.startsWith('$')) return operatorUpdate(update, filter, arrayFilters ?? []);
  if (arrayFilters !== undefined) throw failedToParse('arrayFilters may not be specified for replacement-style updates');
  if ([...update.keys()].some((name) => name.startsWith('$')))
    throw new CommandError(52, 'a replacement has no fields that begin with a $');
  const apply = (doc: Doc): Doc => {
    const id = doc.get('_id');
    return keepingId(doc, id === undefined || update.has('_id') ? update : new Map([['_id', id], ...update]));
  };
  return { apply, onInsert: () => apply(insertBase(filter)), isReplacement: true };
}

/** _id never changes and stands first. */
function keepingId(before: Doc, after: Doc): Doc {
  const id = before.get('_id');
  const own = after.get('_id');
  if (id !== undefined && !equalValues(id, own))
    throw new CommandError(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
  if (own === undefined || after.keys().next().value === '_id') return after;
  return new Map<string, Value>([['_id', own], ...after]);
}

function operatorUpdate(update: Doc, filter: Doc, arrayFilters: readonly Doc[]): Update {
  const filters = compileArrayFilters(arrayFilters);
  const root: Node = { path: '', children: new Map(), chosen: undefined };
  for (const [operator, fields] of update) {
    if (!isDoc(fields)) throw failedToParse(`Modifiers operate on fields but we found type ${typeName(fields)} instead.`);
    const changing = operatorOf(operator);
    for (const [path, operand] of fields) for (const [at, leaf] of changing(operand, path)) enter(root, at, leaf, filters);
  }
  for (const [name, { used }] of filters) if (!used) throw failedToParse(`The array filter for identifier '${name}' was not used`);
  const ordered = inOrder(root);
  let find: ReturnType<typeof compilePosition> | undefined; // compiled when a path has a `$`
  const run = (doc: Doc, now: Date, isInsert: boolean): Doc => {
    const position = (): number => {
      const index = isInsert ? undefined : (find ??= compilePosition(filter))(doc);
      if (index === undefined) throw badValue('The positional operator did not find the match needed from the query.');
      return index;
    };
    return keepingId(doc, changeDoc(ordered, doc, { original: doc, env: newEnv(now), isInsert, position }));
  };
  return { apply: (doc, now) => run(doc, now, false), onInsert: (now) => run(insertBase(filter), now, true), isReplacement: false };
}

type ArrayFilters = ReadonlyMap<string, { readonly test: Test; used: boolean }>;

/** @throws CommandError 9 for a filter with two names or none, 2 for a name that may not be one */
function compileArrayFilters(list: readonly Doc[]): ArrayFilters {
  const filters: Map<string, { test: Test; used: boolean }> = new Map();
  for (const filter of list) {
    const [name, ...others] = new Set(namesIn(filter));
    if (name === undefined || others.length > 0) throw failedToParse('an array filter needs one top-level field name, and only one');
    if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) throw badValue(`'${name}' cannot be the name of an array filter`);
    if (filters.has(name)) throw failedToParse(`Found multiple array filters with the same top-level field name ${name}`);
    const matches = compileMatch(filter, newScope());
    filters.set(name, { test: (element, env) => matches(new Map([[name, element ?? null]]), env), used: false });
  }
  return filters;
}

function namesIn(filter: Doc): string[] {
  return [...filter].flatMap(([name, value]) => {
    if (!name.startsWith('$')) return [name.split('.')[0] ?? ''];
    return Array.isArray(value) ? value.flatMap((part) => (part instanceof Map ? namesIn(part) : [])) : [];
  });
}

/** What an operator does, and on which path: $rename on two. */
function operatorOf(name: string): (operand: Value, path: string) => [string, Change][] {
  if (name === '$rename') return renaming;
  const operator = entryOf(changes, name);
  if (operator !== undefined) return (operand, path) => [[path, operator(operand, path)]];
  throw refusedNames.update.includes(name) ? refuse(`update operator ${name}`) : failedToParse(`Unknown modifier: ${name}`);
}

function renaming(to: Value, from: string): [string, Change][] {
  if (typeof to !== 'string') throw badValue(`The 'to' field for $rename must be a string: ${from}`);
  if (/(^|\.)\$/.test(from) || /(^|\.)\$/.test(to)) throw badValue(`The source and target field for $rename may not be dynamic: ${from}`);
  if (overlap(from, to)) throw badValue(`The source and target field for $rename must not be on the same path: '${from}' and '${to}'`);
  const take: Change = () => undefined;
  const put: Change = (value, { original }) => {
    if (throughArray(original, from) || throughArray(original, to))
      throw badValue(`$rename cannot reach into an array: '${from}' to '${to}'`);
    return getPath(original, from) ?? value;
  };
  return Object.entries({ [from]: take, [to]: put });
}

/** Whether one of two paths lies within the other. */
const overlap = (a: string, b: string): boolean => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);

function throughArray(doc: Doc, path: string): boolean {
  const parents = path.split('.').slice(0, -1);
  return Array.isArray(parents.reduce<Maybe>((value, part) => (value instanceof Map ? value.get(part) : value), doc));
}

function enter(root: Node, path: string, leaf: Change, filters: ArrayFilters): void {
  const parts = path.split('.');
  if (parts.includes('')) throw new CommandError(56, `The update path '${path}' contains an empty field name, which is not allowed.`);
  if (parts[0] === '$' || parts[0]?.startsWith('$['))
    throw badValue(`Cannot have array filter identifier or positional operator as the first part of the path '${path}'`);
  if (parts[0]?.startsWith('$')) throw new CommandError(52, `The dollar ($) prefixed field '${path}' is not allowed in an update.`);
  let node = root;
  for (const [i, part] of parts.entries()) {
    const own = parts.slice(0, i + 1).join('.');
    const child: Node = node.children.get(part) ?? { path: own, children: new Map(), chosen: chosenBy(part, filters) };
    if (child.leaf !== undefined || (own === path && child.children.size > 0))
      throw new CommandError(40, `Updating the path '${path}' would create a conflict at '${own}'`);
    node.children.set(part, child);
    node = child;
  }
  node.leaf = leaf;
}

function chosenBy(part: string, filters: ArrayFilters): Test | undefined {
  const name = /^\$\[(.*)\]$/.exec(part)?.[1];
  if (name === undefined) return undefined;
  const filter = name === '' ? { test: () => true, used: false } : filters.get(name);
  if (filter === undefined) throw badValue(`No array filter found for identifier '${name}' in path`);
  filter.used = true;
  return filter.test;
}

/** Fields in lexicographic order, numbers by value: the order in which MongoDB adds new fields. */
function inOrder(node: Node): Node {
  const children = [...node.children].map(([part, child]) => [part, inOrder(child)] as const);
  const sorted = children.sort(([a], [b]) => (isIndex(a) && isIndex(b) ? Number(a) - Number(b) : Number(a > b) - Number(a < b)));
  return { ...node, children: new Map(sorted) };
}

function change(node: Node, value: Maybe, run: Run): Maybe {
  if (node.leaf !== undefined) return node.leaf(value, run);
  if (value instanceof Map) return changeDoc(node, value, run);
  if (Array.isArray(value)) return changeArray(node, value, run);
  const created = changeDoc(node, new Map(), run);
  if (created.size === 0) return value;
  if (value === undefined) return created;
  throw pathNotViable(`Cannot create field '${[...created.keys()].join()}' in element {${node.path}: ${typeName(value)}}`);
}

function changeDoc(node: Node, doc: Doc, run: Run): Doc {
  const result: Doc = new Map(doc);
  for (const [part, child] of node.children) {
    if (child.chosen !== undefined) throw badValue(`The path '${node.path}' must exist in the document in order to apply array updates.`);
    const name = part === '$' ? String(run.position()) : part;
    const value = change(child, result.get(name), run);
    if (value === undefined) result.delete(name);
    else result.set(name, value);
  }
  return result;
}

function changeArray(node: Node, list: readonly Value[], run: Run): Value[] {
  const result = [...list];
  for (const [part, child] of node.children) {
    if (child.chosen !== undefined) {
      for (const [i, value] of result.entries()) if (child.chosen(list[i] ?? value, run.env)) result[i] = change(child, value, run) ?? null;
    } else if (part === '$' || isIndex(part)) {
      const index = part === '$' ? run.position() : Number(part);
      setElement(result, index, change(child, result[index], run));
    } else if (change(child, undefined, run) !== undefined)
      throw pathNotViable(`Cannot create field '${part}' in element {${node.path}: array}`);
  }
  return result;
}

const maxPadding = 1_500_000;

/** A removed element becomes null; a new one beyond the end is preceded by nulls. */
function setElement(list: Value[], index: number, value: Maybe): void {
  if (value === undefined && index >= list.length) return;
  if (index > list.length + maxPadding) throw badValue(`can't backfill more than ${maxPadding} elements of an array`);
  while (list.length < index) list.push(null);
  list[index] = value ?? null;
}

/** The fields an upsert takes over from its filter: those it sets equal to one value. @throws CommandError 54 when it names one path twice */
function insertBase(filter: Doc): Doc {
  const fields = equalities(filter);
  for (const [i, [path]] of fields.entries())
    if (fields.some(([other], at) => at < i && overlap(path, other)))
      throw new CommandError(54, `cannot infer query fields to set, path '${path}' is matched twice`);
  return fields.reduce<Doc>((base, [path, value]) => setAt(base, path.split('.'), value), new Map());
}

function equalities(filter: Doc): [string, Value][] {
  return [...filter].flatMap(([name, value]): [string, Value][] => {
    if (name === '$and' || (name === '$or' && Array.isArray(value) && value.length === 1))
      return Array.isArray(value) ? value.flatMap((part) => (part instanceof Map ? equalities(part) : [])) : [];
    const equal = name.startsWith('$') ? undefined : equalTo(value);
    return equal === undefined ? [] : [[name, equal]];
  });
}

function equalTo(condition: Value): Maybe {
  if (!isOperatorDoc(condition)) return condition instanceof BSONRegExp ? undefined : condition;
  if (condition.has('$eq')) return condition.get('$eq');
  const list = condition.get('$in') ?? condition.get('$all');
  const [only, ...more] = Array.isArray(list) ? list : [];
  return more.length > 0 || isOperatorDoc(only) || only instanceof BSONRegExp ? undefined : only;
}
