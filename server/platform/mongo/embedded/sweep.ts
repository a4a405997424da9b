import type { Collection, Index } from './catalog.ts';
import { cursorLifetimeMs } from './cursors.ts';
import type { Engine } from './engine.ts';
import { select } from './search.ts';
import type { Turns } from './turns.ts';
import type { Value } from './values.ts';

const batch = 500;
const sessionLifetimeMs = 30 * 60_000;

/** Removes what has expired: documents (TTL indexes), cursors nobody reads, answers kept for retries. Returns what stops it. */
export function startSweeps(engine: Engine, turns: Turns, everyMs: number): () => void {
  const sweep = (): void => {
    const now = engine.options.now();
    engine.cursors.killWhere((cursor) => cursor.usedAt < now - cursorLifetimeMs);
    turns.work(() => engine.retries.sweep(now - sessionLifetimeMs));
    for (const coll of [...engine.catalog.list()]) {
      for (const index of coll.indexes) if (index.expireAfterSeconds !== undefined) expire(engine, turns, coll, index);
    }
  };
  const timer = setInterval(sweep, everyMs);
  return () => clearInterval(timer);
}

/** A batch at a time, each in a turn of its own, so that many expired documents hold nobody up. */
function expire(engine: Engine, turns: Turns, coll: Collection, index: Index): void {
  const [field] = index.fields;
  if (field === undefined || engine.catalog.find(coll.db, coll.name)?.id !== coll.id) return;
  const before = new Date(engine.options.now() - (index.expireAfterSeconds ?? 0) * 1000);
  const filter = new Map<string, Value>([[field.path, new Map<string, Value>([['$lte', before]])]]);
  const scope = { view: engine.base, check: () => undefined, onLongScan: () => undefined };
  let removed = 0;
  turns.work(() => {
    for (const row of [...select(scope, coll, { filter, limit: batch, hint: index.name })]) {
      if (engine.transactions.holderOf(row.rid) !== undefined) continue; // the next sweep finds it
      engine.base.remove(coll, row);
      removed++;
    }
  });
  if (removed === batch) setImmediate(expire, engine, turns, coll, index);
}
