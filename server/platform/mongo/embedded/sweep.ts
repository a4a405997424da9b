import type { Collection, Index } from './catalog.ts';
import { cursorLifetimeMs } from './cursors.ts';
import type { Engine } from './engine.ts';
import { select } from './search.ts';
import type { Turns } from './turns.ts';
import { newDoc } from './values.ts';

const batch = 500;
const sessionLifetimeMs = 30 * 60_000;

/** Removes what has expired: documents (TTL indexes), cursors nobody reads, answers kept for retries. Returns what stops it. */
export function startSweeps(engine: Engine, turns: Turns, everyMs: number): () => void {
  const sweep = (): void => {
    const now = engine.options.now();
    engine.cursors.killWhere((cursor) => cursor.usedAt < now - cursorLifetimeMs);
    turns.work(() => engine.retries.sweep(now - sessionLifetimeMs));
    for (const { db, name } of [...engine.catalog.list()]) expireSome(engine, turns, db, name);
  };
  const timer = setInterval(sweep, everyMs);
  return () => clearInterval(timer);
}

/** A batch at a time, each in a turn of its own, so that many expired documents hold nobody up. What the catalog knows may have changed in between. */
function expireSome(engine: Engine, turns: Turns, db: string, name: string): void {
  let more = false;
  turns.work(() => {
    const coll = engine.catalog.find(db, name);
    if (coll !== undefined) more = coll.indexes.map((index) => expire(engine, coll, index) === batch).includes(true);
  });
  if (more) setImmediate(expireSome, engine, turns, db, name);
}

/** How many documents it removed. */
function expire(engine: Engine, coll: Collection, index: Index): number {
  const [field] = index.fields;
  if (field === undefined || index.expireAfterSeconds === undefined) return 0;
  const before = new Date(engine.options.now() - index.expireAfterSeconds * 1000);
  const filter = newDoc({ [field.path]: newDoc({ $lte: before }) });
  const scope = { view: engine.base, check: () => undefined, onLongScan: () => undefined };
  const rows = [...select(scope, coll, { filter, limit: batch, hint: index.name })];
  const free = rows.filter((row) => engine.transactions.holding(row.rid) === undefined); // the next sweep finds the others
  for (const row of free) engine.base.remove(coll, row);
  return free.length;
}
