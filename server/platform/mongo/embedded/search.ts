import type { Collection } from './catalog.ts';
import { compileFilter } from './matcher.ts';
import { planFor, type IndexPlan, type Plan } from './planner.ts';
import { compileSort, sortBy } from './sort.ts';
import type { Reader, Stored } from './store.ts';
import type { Row } from './transactions.ts';
import { decode, type Doc, type Value } from './values.ts';
import { docOf, type View } from './view.ts';

export interface Search {
  readonly filter: Doc;
  readonly sort?: Doc | undefined;
  readonly skip?: number | undefined;
  /** 0 or undefined: no limit. */
  readonly limit?: number | undefined;
  readonly hint?: Value | undefined;
  /** The only top-level fields that anybody will look at: the others need not be decoded. */
  readonly only?: ReadonlySet<string> | undefined;
}

/** Where a search runs, and who watches it. */
export interface Scope {
  readonly view: View;
  /** Called now and then. @throws CommandError 50 when the time given to the command is over */
  readonly check: () => void;
  /** Told once when a search had to look at more documents than a scan should. */
  readonly onLongScan: (coll: Collection, filter: Doc, examined: number) => void;
}

const longScan = 20_000;
const maxChunk = 256;

/**
 * The documents that satisfy a search, in its order. Reads in chunks and keeps no statement open, so that it may rest between two batches of a cursor.
 * A bad search is refused even where there is nothing to find.
 */
export function* select(scope: Scope, coll: Collection | undefined, search: Search): Generator<Row> {
  const { filter, skip = 0, limit = 0, only } = search;
  const matches = compileFilter(filter);
  const sort = compileSort(search.sort);
  if (coll === undefined) return;
  let examined = 0;
  const wants = (row: Row): boolean => {
    if ((++examined & 63) === 0) scope.check();
    return filter.size === 0 || matches((row.doc ??= decode(row.bytes, only)));
  };
  const own = scope.view.own(coll) ?? noRows;
  const plan = planFor(scope.view, coll, filter, search.sort, search.hint);
  const isOrdered = sort.length === 0 || (comesSorted(plan) && own.size === 0);
  const wanted = limit === 0 ? Infinity : skip + limit;
  const found = matching(candidates(scope.view, coll, plan, isOrdered ? Math.min(wanted, maxChunk) : maxChunk), own, wants);
  try {
    yield* portion(isOrdered ? found : sortBy(found, sort, docOf, wanted, ({ bytes }) => bytes.length), skip, wanted);
  } finally {
    if (plan.kind === 'scan' && examined > longScan) scope.onLongScan(coll, filter, examined);
  }
}

function* portion(rows: Iterable<Row>, skip: number, wanted: number): Generator<Row> {
  let passed = 0;
  for (const row of rows) {
    if (++passed > skip) yield row;
    if (passed >= wanted) return;
  }
}

const comesSorted = (plan: Plan): boolean => plan.kind === 'index' && plan.sorted;

function* matching(stored: Iterable<Row>, own: ReadonlyMap<number, Row | null>, wants: (row: Row) => boolean): Generator<Row> {
  for (const row of stored) if (!own.has(row.rid) && wants(row)) yield row;
  for (const row of own.values()) if (row !== null && wants(row)) yield row;
}

const noRows: ReadonlyMap<number, Row | null> = new Map();

function* candidates(view: View, coll: Collection, plan: Plan, first: number): Generator<Row> {
  const { reader } = view;
  if (plan.kind === 'scan') yield* chunked(first, (after, size) => reader.docs(after?.rid ?? coll.lowRid, coll.highRid, size));
  else if (plan.kind === 'union') yield* once(plan.plans.map((part) => candidates(view, coll, part, first)));
  else yield* plan.index.multikey ? once([entries(reader, plan, first)]) : entries(reader, plan, first);
}

type Entry = ReturnType<Reader['entries']>[number];

function* entries(reader: Reader, { index, ranges, backward, single }: IndexPlan, first: number): Generator<Row> {
  for (const range of backward ? ranges.toReversed() : ranges) {
    const point = single ? reader.point(index.id, range.lo) : undefined;
    if (point !== undefined) yield point;
    if (!single) yield* chunked(first, (after: Entry | undefined, size) => reader.entries(index.id, range, after, backward, size));
  }
}

/** Reads in chunks that grow: who wants one document does not read hundreds. */
function* chunked<T extends Stored>(first: number, read: (after: T | undefined, size: number) => T[]): Generator<T> {
  let last: T | undefined;
  for (let size = first; ; size = Math.min(size * 2, maxChunk)) {
    const chunk = read(last, size);
    yield* chunk;
    if (chunk.length < size) return;
    last = chunk.at(-1);
  }
}

/** Each document once, though several keys or branches may lead to it. */
function* once(sources: ReadonlyArray<Iterable<Row>>): Generator<Row> {
  const seen = new Set<number>();
  for (const source of sources) {
    for (const row of source) {
      if (seen.has(row.rid)) continue;
      seen.add(row.rid);
      yield row;
    }
  }
}
