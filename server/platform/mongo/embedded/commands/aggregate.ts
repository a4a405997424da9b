import { runPipeline } from '../aggregation.ts';
import { docArg, docList, flagArg, hintArg, onlyKnown } from '../args.ts';
import type { Call } from '../engine.ts';
import { refuse } from '../errors.ts';
import type { Find } from '../expression.ts';
import { planFor, type Plan } from '../planner.ts';
import { select, type Search } from '../search.ts';
import { commands, commonOptions } from '../supported.ts';
import type { Row } from '../transactions.ts';
import { Int32, decode, encode, equalValues, intOrLong, toInteger, type Doc, type Value } from '../values.ts';
import { okReply, type Reply } from '../wire.ts';
import { existing, namespace, openCursor, searchOf } from './common.ts';
import { countAll } from './read.ts';

export function aggregate(call: Call): Reply {
  if (typeof call.body.get('aggregate') !== 'string') throw refuse('aggregation on a whole database');
  if (flagArg(call.body, 'explain')) return explain({ ...call, name: 'explain', body: new Map([['explain', call.body]]) });
  const coll = existing(call);
  const { search, rest } = searchAndRest(call.body);
  const now = new Date(call.engine.options.now());
  const counted = rest.length === 1 && equalValues(rest[0], counting) ? countAll(call, coll, search) : undefined;
  return openCursor(call, namespace(call), function* (scope) {
    const find: Find = (name, filter) => documents(select(scope, call.engine.catalog.find(call.db, name), { filter }));
    const result =
      counted === undefined ? runPipeline(rest, documents(select(scope, coll, search), search.only), now, find) : countRow(counted);
    for (const doc of result) yield encode(doc);
  });
}

/** Which way a command looks for its documents: of the plan only what a test or an administrator asks for. */
export function explain(call: Call): Doc {
  const body = docArg(call.body, 'explain');
  const [name = ''] = body.keys();
  if (name !== 'find' && name !== 'aggregate') throw refuse(`explain of '${name}'`);
  onlyKnown(body, new Set([name, ...commonOptions, ...(commands[name] ?? [])]), name);
  const asked: Call = { ...call, name, body };
  const search = name === 'find' ? searchOf(body, 'filter') : searchAndRest(body).search;
  const coll = existing(asked);
  const plan: Plan = coll === undefined ? { kind: 'scan' } : planFor(call.scope.view, coll, search.filter, search.sort, search.hint);
  const sorts = search.sort !== undefined && search.sort.size > 0 && !(plan.kind === 'index' && plan.sorted);
  const winningPlan = sorts ? doc({ stage: 'SORT', inputStage: describe(plan) }) : describe(plan);
  const nReturned = coll === undefined ? 0 : [...select(call.scope, coll, search)].length;
  return okReply({
    queryPlanner: doc({ namespace: namespace(asked), winningPlan, rejectedPlans: [] }),
    executionStats: doc({ executionSuccess: true, nReturned: new Int32(nReturned) }),
  });
}

/** The leading $match, $sort and $limit of a pipeline are a search, which may use an index; the rest is the pipeline's own. */
function searchAndRest(body: Doc): { search: Search; rest: readonly Doc[] } {
  const rest = [...docList(body, 'pipeline')];
  const taken = (name: string, isSearch: (spec: Value) => boolean): Value | undefined => {
    const spec = rest[0]?.size === 1 ? rest[0].get(name) : undefined;
    if (spec === undefined || !isSearch(spec)) return undefined;
    rest.shift();
    return spec;
  };
  const match = taken('$match', (spec) => spec instanceof Map);
  const sort = taken('$sort', (spec) => spec instanceof Map && spec.size > 0);
  const limit = toInteger(taken('$limit', (spec) => (toInteger(spec) ?? 0) > 0)) ?? 0;
  const filter = match instanceof Map ? match : new Map<string, Value>();
  const group = rest[0]?.get('$group');
  const only = group === undefined ? undefined : fieldsIn([filter, sort ?? null, group]);
  return { search: { filter, sort: sort instanceof Map ? sort : undefined, limit, hint: hintArg(body), only }, rest };
}

/**
 * The top-level fields that a search followed by a $group may look at, so that of large documents only these are decoded; undefined when the whole document
 * is looked at. Every name and every string that begins with a dollar counts as one: too many do no harm.
 */
function fieldsIn(value: Value, names = new Set<string>()): Set<string> | undefined {
  if (typeof value === 'string') {
    if (/^\$\$(?:ROOT|CURRENT)/.test(value)) return undefined;
    return names.add(value.replace('$', '').split('.', 1)[0] ?? '');
  }
  const inner = value instanceof Map ? [...value.keys(), ...value.values()] : value;
  return Array.isArray(inner) && !inner.every((part) => fieldsIn(part, names) !== undefined) ? undefined : names;
}

const doc = (fields: Readonly<Record<string, Value>>): Doc => new Map(Object.entries(fields));

/** What countDocuments sends, and its answer. */
const one = new Int32(1);
const counting = doc({ $group: doc({ _id: one, n: doc({ $sum: one }) }) });
const countRow = (n: number): Doc[] => (n === 0 ? [] : [doc({ _id: one, n: intOrLong(n) })]);

function* documents(rows: Iterable<Row>, only?: ReadonlySet<string>): Generator<Doc> {
  for (const row of rows) yield row.doc ?? decode(row.bytes, only);
}

function describe(plan: Plan): Doc {
  if (plan.kind === 'scan') return doc({ stage: 'COLLSCAN', direction: 'forward' });
  if (plan.kind === 'union') return doc({ stage: 'FETCH', inputStage: doc({ stage: 'OR', inputStages: plan.plans.map(describe) }) });
  const { name, spec, multikey, unique } = plan.index;
  const details = { indexName: name, keyPattern: spec.get('key') ?? null, isMultiKey: multikey, isUnique: unique };
  return doc({ stage: 'FETCH', inputStage: doc({ stage: 'IXSCAN', ...details, direction: plan.backward ? 'backward' : 'forward' }) });
}
