import { compileArrayFilters } from './array-filters.ts';
import type { ArrayFilters } from './array-filters.ts';
import { equalValues } from './compare.ts';
import { badValue, CommandError, failedToParse, immutableField, pathNotViable, refuse } from './errors.ts';
import { newEnv } from './expression.ts';
import type { Env } from './expression.ts';
import { compilePosition } from './matcher.ts';
import { isDoc, Timestamp, typeName } from './model.ts';
import type { Doc, Maybe, Value } from './model.ts';
import { getPath, isIndex } from './paths.ts';
import { refusedNames } from './supported.ts';
import { changes } from './update-operators.ts';
import { insertBase } from './upsert.ts';

/** A compiled update. Both functions leave their arguments alone and return a new document. */
export interface Update {
  /** @throws CommandError when the update cannot be applied to this document (28, 2, 14, 66 …) */
  apply(doc: Doc, now: Date): Doc;
  /** The document an upsert inserts: the equalities of the filter, then the update with $setOnInsert. It may still lack an _id. */
  onInsert(filter: Doc, now: Date): Doc;
}

export interface UpdateOptions {
  readonly arrayFilters?: Doc[];
  /** The filter of the command: the positional `$` means the element that satisfied it. */
  readonly filter?: Doc;
}

/**
 * Compiles an update: operators or a replacement.
 *
 * @throws CommandError 9 for an unknown operator or a wrong form, 40 for two operators on one path, 238 for what the engine has not.
 */
export function compileUpdate(update: Doc | Value[], options: UpdateOptions): Update {
  if (Array.isArray(update)) throw refuse('a pipeline as an update');
  const [first] = update.keys();
  if (first === undefined || !first.startsWith('$')) return replacement(update, options);
  return operatorUpdate(update, options);
}

function replacement(update: Doc, options: UpdateOptions): Update {
  if (options.arrayFilters !== undefined) throw failedToParse('arrayFilters may not be specified for replacement-style updates');
  for (const name of update.keys())
    if (name.startsWith('$'))
      throw new CommandError(
        52,
        `The dollar ($) prefixed field '${name}' in '${name}' is not allowed in the context of an update's replacement document.`,
      );
  const apply = (doc: Doc, now: Date): Doc => {
    const id = doc.get('_id');
    const result: Doc = new Map();
    const own = update.get('_id') ?? id;
    if (own !== undefined) result.set('_id', own);
    for (const [name, value] of update)
      if (name !== '_id') result.set(name, isZeroTimestamp(value) ? new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 }) : value);
    return keepingId(doc, result);
  };
  return { apply, onInsert: (filter, now) => apply(onlyId(insertBase(filter)), now) };
}

const isZeroTimestamp = (value: Value): boolean => value instanceof Timestamp && value.isZero();

function onlyId(doc: Doc): Doc {
  return new Map([...doc].filter(([name]) => name === '_id'));
}

/** _id never changes and stands first. */
function keepingId(before: Doc, after: Doc): Doc {
  const id = before.get('_id');
  const own = after.get('_id');
  if (id !== undefined && (own === undefined || !equalValues(id, own))) throw immutableField('_id');
  if (own === undefined || after.keys().next().value === '_id') return after;
  return new Map<string, Value>([['_id', own], ...after]);
}

/** One step of all paths of an update: operators that end here, and what goes on below. */
interface Node {
  readonly children: Map<string, Node>;
  leaf: Leaf | undefined;
}

type Leaf = (value: Maybe, run: Run) => Maybe;

/** What one application of the update needs. */
interface Run {
  readonly original: Doc;
  readonly now: Date;
  readonly env: Env;
  readonly isInsert: boolean;
  readonly position: () => number;
}

function operatorUpdate(update: Doc, options: UpdateOptions): Update {
  const root: Node = { children: new Map(), leaf: undefined };
  for (const [operator, fields] of update) {
    if (!operator.startsWith('$'))
      throw failedToParse(`Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`);
    if (!isDoc(fields)) throw failedToParse(`Modifiers operate on fields but we found type ${typeName(fields)} instead.`);
    for (const [path, operand] of fields) enterOperator(root, operator, path, operand);
    if (!operators.has(operator)) throw unknownOperator(operator);
  }
  const filters = compileArrayFilters(options.arrayFilters ?? []);
  checkNames(root, filters);
  const find = options.filter === undefined ? undefined : positionOf(options.filter);
  const apply = (doc: Doc, now: Date, isInsert: boolean): Doc => {
    const run: Run = { original: doc, now, env: newEnv(now), isInsert, position: () => positionIn(doc, isInsert ? undefined : find) };
    return keepingId(doc, changeDoc(root, doc, '', run, filters));
  };
  return { apply: (doc, now) => apply(doc, now, false), onInsert: (filter, now) => apply(insertBase(filter), now, true) };
}

const operators = new Set([...Object.keys(changes), '$rename', '$setOnInsert']);

function unknownOperator(name: string): CommandError {
  return refusedNames.update.includes(name)
    ? refuse(`update operator ${name}`)
    : failedToParse(`Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as an array`);
}

/** Compiled late: a filter is only looked at again when a path has a `$`. */
function positionOf(filter: Doc): (doc: Doc) => number | undefined {
  let position: ((doc: Doc) => number | undefined) | undefined;
  return (doc) => (position ??= compilePosition(filter))(doc);
}

function positionIn(doc: Doc, find: ((doc: Doc) => number | undefined) | undefined): number {
  const index = find?.(doc);
  if (index === undefined) throw badValue('The positional operator did not find the match needed from the query.');
  return index;
}

function enterOperator(root: Node, operator: string, path: string, operand: Value): void {
  if (operator === '$rename') return enterRename(root, path, operand);
  if (operator === '$setOnInsert') return enter(root, path, (value, run) => (run.isInsert ? operand : value));
  const change = changes[operator];
  if (change === undefined) throw unknownOperator(operator);
  const apply = change(operand, path);
  enter(root, path, (value, run) => apply(value, run.now));
}

function enterRename(root: Node, from: string, operand: Value): void {
  if (typeof operand !== 'string') throw badValue(`The 'to' field for $rename must be a string: ${from}`);
  if ([from, operand].some((path) => path.split('.').some((part) => part.startsWith('$'))))
    throw badValue(`The source and target field for $rename may not be dynamic: ${from}`);
  if (from === operand || from.startsWith(`${operand}.`) || operand.startsWith(`${from}.`))
    throw badValue(`The source and target field for $rename must not be on the same path: $rename: {"${from}": "${operand}"}`);
  const source = (run: Run): Maybe => {
    for (const path of [from, operand])
      if (throughArray(run.original, path)) throw badValue(`The source and target field of $rename cannot be an array element, '${path}'`);
    return getPath(run.original, from);
  };
  enter(root, from, () => undefined);
  enter(root, operand, (value, run) => source(run) ?? value);
}

function throughArray(doc: Doc, path: string): boolean {
  const parts = path.split('.');
  return parts.some((_, i) => i > 0 && Array.isArray(getPath(doc, parts.slice(0, i).join('.'))));
}

function enter(root: Node, path: string, leaf: Leaf): void {
  const parts = path.split('.');
  if (parts.includes('')) throw new CommandError(56, `The update path '${path}' contains an empty field name, which is not allowed.`);
  if (parts[0]?.startsWith('$'))
    throw parts[0] === '$' || parts[0].startsWith('$[')
      ? badValue(`Cannot have array filter identifier or positional operator as the first part of the path '${path}'`)
      : new CommandError(52, `The dollar ($) prefixed field '${path}' is not allowed in an update.`);
  const conflict = (): never => {
    throw new CommandError(40, `Updating the path '${path}' would create a conflict at '${path}'`);
  };
  let node = root;
  for (const part of parts) {
    if (node.leaf !== undefined) return conflict();
    const child: Node = node.children.get(part) ?? { children: new Map(), leaf: undefined };
    node.children.set(part, child);
    node = child;
  }
  if (node.leaf !== undefined || node.children.size > 0) return conflict();
  node.leaf = leaf;
}

/** Every filter is used, and every `$[name]` has one. */
function checkNames(root: Node, filters: ArrayFilters): void {
  const used = new Set<string>();
  const visit = (node: Node): void => {
    for (const [part, child] of node.children) {
      const name = filterName(part);
      if (name !== undefined && name !== '' && !filters.has(name)) throw badValue(`No array filter found for identifier '${name}' in path`);
      if (name !== undefined) used.add(name);
      visit(child);
    }
  };
  visit(root);
  for (const name of filters.keys())
    if (!used.has(name)) throw failedToParse(`The array filter for identifier '${name}' was not used in the update`);
}

/** "" for `$[]`, the name for `$[name]`. */
function filterName(part: string): string | undefined {
  return /^\$\[(.*)\]$/.exec(part)?.[1];
}

function change(node: Node, value: Maybe, path: string, run: Run, filters: ArrayFilters): Maybe {
  if (node.leaf !== undefined) return node.leaf(value, run);
  if (value instanceof Map) return changeDoc(node, value, path, run, filters);
  if (Array.isArray(value)) return changeArray(node, value, path, run, filters);
  const created = changeDoc(node, new Map(), path, run, filters);
  if (value === undefined || created.size === 0) return created.size === 0 ? value : created;
  throw pathNotViable(`Cannot create field '${[...created.keys()][0] ?? ''}' in element {${path}: ${typeName(value)}}`);
}

function changeDoc(node: Node, doc: Doc, path: string, run: Run, filters: ArrayFilters): Doc {
  const result: Doc = new Map(doc);
  for (const [part, child] of sorted(node)) {
    if (part.startsWith('$[')) throw badValue(`The path '${path}' must exist in the document in order to apply array updates.`);
    const name = part === '$' ? String(run.position()) : part;
    const value = change(child, result.get(name), path === '' ? name : `${path}.${name}`, run, filters);
    if (value === undefined) result.delete(name);
    else result.set(name, value);
  }
  return result;
}

/** Fields in lexicographic order, numbers by value: the order in which MongoDB adds new fields. */
function sorted(node: Node): [string, Node][] {
  if (node.children.size < 2) return [...node.children];
  const number = (part: string): number => (isIndex(part) ? Number(part) : NaN);
  return [...node.children].sort(([a], [b]) => {
    if (isIndex(a) && isIndex(b)) return number(a) - number(b);
    return a < b ? -1 : 1;
  });
}

const maxPadding = 1_500_000;

function changeArray(node: Node, list: readonly Value[], path: string, run: Run, filters: ArrayFilters): Value[] {
  const result = [...list];
  for (const [part, child] of sorted(node)) {
    const name = filterName(part);
    if (name !== undefined) {
      const filter = filters.get(name);
      for (const [i, value] of result.entries())
        if (filter === undefined || filter(list[i] ?? value, run.env))
          result[i] = change(child, value, `${path}.${i}`, run, filters) ?? null;
      continue;
    }
    if (part !== '$' && !isIndex(part)) {
      if (change(child, undefined, path, run, filters) === undefined) continue; // nothing to remove
      throw pathNotViable(`Cannot create field '${part}' in element {${path}: array}`);
    }
    setElement(result, part === '$' ? run.position() : Number(part), (value, i) => change(child, value, `${path}.${i}`, run, filters));
  }
  return result;
}

/** A removed element becomes null; a new one beyond the end is preceded by nulls. */
function setElement(list: Value[], index: number, make: (value: Maybe, index: number) => Maybe): void {
  const value = make(list[index], index);
  if (value === undefined && index >= list.length) return;
  if (index > list.length + maxPadding) throw badValue(`can't backfill more than ${maxPadding} elements of an array`);
  while (list.length < index) list.push(null);
  list[index] = value ?? null;
}
