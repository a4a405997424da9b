import type { Collection } from './catalog.ts';
import { compileFilter } from './matcher.ts';
import { planFor } from './planner.ts';
import type { Plan } from './planner.ts';
import { compileSort, sortBy } from './sort.ts';
import type { Stored } from './store.ts';
import type { Row } from './transactions.ts';
import { decode } from './values.ts';
import type { Doc, Value } from './values.ts';
import { docOf } from './view.ts';
import type { View } from './view.ts';

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

/** The documents that satisfy a search, in its order. Reads in chunks and keeps no statement open, so that it may rest between two batches of a cursor. */
export function* select(scope: Scope, coll: Collection | undefined, search: Search): Generator<Row> {
  if (coll === undefined) return;
  const { filter, skip = 0, limit = 0 } = search;
  const sort = search.sort?.size === 0 ? undefined : search.sort;
  const plan = planFor(scope.view, coll, filter, sort, search.hint);
  const ordered = sort === undefined || isOrdered(plan, scope.view.own(coll));
  const wanted = limit === 0 ? Infinity : skip + limit;
  const found = matching(scope, coll, plan, search, ordered ? wanted : Infinity);
  yield* portion(ordered ? found : sorted(found, sort, wanted), skip, wanted);
}

function* portion(rows: Iterable<Row>, skip: number, wanted: number): Generator<Row> {
  let passed = 0;
  for (const row of rows) {
    if (++passed > skip) yield row;
    if (passed >= wanted) return;
  }
}

function isOrdered(plan: Plan, own: ReadonlyMap<number, unknown> | undefined): boolean {
  return plan.kind === 'index' && plan.sorted && (own === undefined || own.size === 0);
}

function* matching(scope: Scope, coll: Collection, plan: Plan, search: Search, wanted: number): Generator<Row> {
  const matches = search.filter.size === 0 ? () => true : matcherOf(search);
  const own = scope.view.own(coll) ?? noRows;
  let examined = 0;
  try {
    for (const row of candidates(scope.view, coll, plan, Math.min(wanted, maxChunk))) {
      if ((++examined & 63) === 0) scope.check();
      if (!own.has(row.rid) && matches(row)) yield row;
    }
    for (const row of own.values()) if (row !== null && matches(row)) yield row;
  } finally {
    if (plan.kind === 'scan' && examined > longScan) scope.onLongScan(coll, search.filter, examined);
  }
}

const noRows: ReadonlyMap<number, Row | null> = new Map();

function matcherOf({ filter, only }: Search): (row: Row) => boolean {
  const matches = compileFilter(filter);
  if (only === undefined) return (row) => matches(docOf(row));
  return (row) => matches((row.doc ??= decode(row.bytes, only)));
}

function* candidates(view: View, coll: Collection, plan: Plan, first: number): Generator<Row> {
  if (plan.kind === 'scan') yield* scanned(view, coll, first);
  else if (plan.kind === 'union') yield* once(plan.plans.map((part) => candidates(view, coll, part, first)));
  else if (plan.index.multikey) yield* once([entries(view, plan, first)]);
  else yield* entries(view, plan, first);
}

function* scanned(view: View, coll: Collection, first: number): Generator<Row> {
  let from = coll.lowRid;
  for (let size = first; ; size = Math.min(size * 2, maxChunk)) {
    const chunk = view.reader.docs(from, coll.highRid, size);
    yield* chunk.map(asRow);
    const last = chunk.at(-1);
    if (last === undefined || chunk.length < size) return;
    from = last.rid;
  }
}

function* entries(view: View, plan: Extract<Plan, { kind: 'index' }>, first: number): Generator<Row> {
  const ranges = plan.backward ? plan.ranges.toReversed() : plan.ranges;
  if (plan.single) return yield* only(ranges[0] && view.reader.point(plan.index.id, ranges[0].lo));
  for (const range of ranges) {
    let from: { key: Uint8Array; rid: number } | undefined;
    for (let size = first; ; size = Math.min(size * 2, maxChunk)) {
      const chunk = view.reader.entries(plan.index.id, range, from, plan.backward, size);
      yield* chunk.map(asRow);
      from = chunk.at(-1);
      if (from === undefined || chunk.length < size) break;
    }
  }
}

function only(stored: Stored | undefined): Row[] {
  return stored === undefined ? [] : [asRow(stored)];
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

function sorted(rows: Iterable<Row>, sort: Doc, wanted: number): Row[] {
  return sortBy(rows, compileSort(sort), docOf, wanted, (row) => row.bytes.length);
}

const asRow = (stored: Stored): Row => ({ rid: stored.rid, bytes: stored.bytes });
